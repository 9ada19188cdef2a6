/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "tine/bench/report.h"
#include "tine/cli.h"

static void
print_count(const char *key, uint64_t value)
{
	printf(",\n  \"%s\": %" PRIu64, key, value);
}

static void
print_number(const char *key, double value)
{
	printf(",\n  \"%s\": %.3f", key, value);
}

static void
print_times(const char *what, const struct hist *h)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = {
		{ "p50", 0.5 },
		{ "p90", 0.9 },
		{ "p99", 0.99 },
		{ "p99_9", 0.999 },
	};
	size_t i;

	printf(",\n  \"%s_us_min\": %.3f", what,
	    h->count > 0 ? (double)h->min / 1e3 : 0);
	printf(",\n  \"%s_us_mean\": %.3f", what, hist_mean(h) / 1e3);
	printf(",\n  \"%s_us_stddev\": %.3f", what, hist_deviation(h) / 1e3);
	for (i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		printf(",\n  \"%s_us_%s\": %.3f", what, quantiles[i].name,
		    (double)hist_quantile(h, quantiles[i].q) / 1e3);
	printf(",\n  \"%s_us_max\": %.3f", what, (double)h->max / 1e3);
}

static void
print_errors(const struct result *r)
{
	char key[32];
	int k;

	print_count("errors", r->nerrors);
	for (k = 0; k < ERROR_KINDS; k++) {
		snprintf(key, sizeof(key), "errors_%s", worker_error_names[k]);
		print_count(key, r->errors[k]);
	}
}

void
report_json(const struct plan *p, const struct result *r)
{
	double s = r->seconds > 0 ? r->seconds : 1e-9;

	printf("{\n  \"address\": ");
	cli_json_string(p->peer.text);
	printf(",\n  \"endpoint\": ");
	cli_json_string(p->ep.text);
	print_count("size_bytes", p->request.size);
	print_count("concurrency", p->connections);
	print_count("threads", p->threads);
	print_count("requests_per_connection", p->requests);
	print_count("target_rate_per_s", p->rate);
	print_number("duration_s", r->seconds);
	print_count("connections", r->connections);
	print_number("connections_per_s", (double)r->connections / s);
	print_count("requests", r->requests);
	print_number("requests_per_s", (double)r->requests / s);
	print_count("sent_bytes", r->sent);
	print_count("received_bytes", r->received);
	print_number("received_bytes_per_s", (double)r->received / s);
	print_errors(r);
	print_count("errors_unanswered", r->unanswered);
	print_count("overdue", r->overdue);
	print_count("port_waits", r->waits);
	print_count("idle_held", r->idle_held);
	print_count("idle_failed", r->idle_failed);
	print_count("idle_lost", r->idle_lost);
	print_times("connect", r->connect);
	print_times("latency", r->request);
	printf("\n}\n");
}
