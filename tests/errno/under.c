/* SPDX-License-Identifier: ISC */
/*
 * Takes tined-acceptor's place beside a copy of tined: executes the command of
 * `arguments` in its own directory, a word a line, with what it was given
 * after it.  So the errno matrix puts strace between main and an acceptor;
 * tined executes a descriptor, which a script could not be.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS 64

int
main(int argc, char *argv[])
{
	static char path[PATH_MAX + 16], words[WORDS][PATH_MAX];
	char *all[WORDS * 2 + 1];
	int i, n = 0;
	ssize_t len;
	FILE *f;

	len = readlink("/proc/self/exe", path, PATH_MAX);
	if (len <= 0)
		return 126;
	path[len] = '\0';
	(void)strcpy(strrchr(path, '/'), "/arguments");
	if ((f = fopen(path, "re")) == NULL)
		return 126;
	while (n < WORDS && fgets(words[n], sizeof(words[n]), f) != NULL) {
		words[n][strcspn(words[n], "\n")] = '\0';
		all[n] = words[n];
		n++;
	}
	(void)fclose(f);
	for (i = 1; i < argc && i < WORDS; i++)
		all[n++] = argv[i];
	all[n] = NULL;
	execv(all[0], all);
	return 127;
}
