# SPDX-License-Identifier: ISC
# Connections a second as bars, one group for each part that counts them.
# Called with data, output and n, the number of lines.
set terminal svg size 760,(n * 20 + 60) font "sans-serif,12" background "white" noenhanced
set output output
set datafile separator "\t"
set lmargin 30
set rmargin 12
set tmargin 1
set bmargin 3
set style fill solid noborder
set xlabel "connections a second"
set xrange [0:*]
set yrange [n - 0.5:-1]
set format x "%'.0f"
unset key
set grid xtics lc rgb "#dddddd"
set border 1
set xtics nomirror
unset ytics
color(kind) = kind eq "tined" ? 0x1f77b4 : kind eq "floor" ? 0xb0b0b0 : 0xd8a26b
is(kind) = strcol(3) eq kind
plot \
    data using (is("title") ? NaN : $2 / 2):1:($2 / 2):(0.38):(color(strcol(3))) \
	with boxxyerrorbars lc rgb variable, \
    data using (is("title") ? NaN : 0):1:(strcol(4)) \
	with labels right offset -1,0, \
    data using (is("title") ? NaN : $2):1:(sprintf("%.0f", $2)) \
	with labels left offset 1,0, \
    data using (is("title") ? 0 : NaN):1:(strcol(4)) \
	with labels left offset 0,0 font "sans-serif:Bold,12"
