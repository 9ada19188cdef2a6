# Tests of compiler flags for configure.ac.

# TINED_CFLAG(VARIABLE, FLAG): adds FLAG if the compiler knows it.
AC_DEFUN([TINED_CFLAG], [
AS_VAR_PUSHDEF([cache], [tined_cv_cflag_$2])
AC_CACHE_CHECK([whether $CC takes $2], [cache], [
	tined_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $2"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM],
	    [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
	CFLAGS=$tined_save_CFLAGS
])
AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
AS_VAR_POPDEF([cache])
])

# TINED_LDFLAG(VARIABLE, FLAG): adds FLAG if the linker knows it.
AC_DEFUN([TINED_LDFLAG], [
AS_VAR_PUSHDEF([cache], [tined_cv_ldflag_$2])
AC_CACHE_CHECK([whether the linker takes $2], [cache], [
	tined_save_LDFLAGS=$LDFLAGS
	LDFLAGS="$LDFLAGS $2"
	AC_LINK_IFELSE([AC_LANG_PROGRAM],
	    [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
	LDFLAGS=$tined_save_LDFLAGS
])
AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
AS_VAR_POPDEF([cache])
])
