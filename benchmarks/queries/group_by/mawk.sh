mawk -F, 'NR > 1 { n[$4]++; s[$4] += $2; if (!($4 in m) || $2 + 0 > m[$4]) m[$4] = $2 + 0 }
          END { print "origin,flights,mean_delay,worst"; for (k in n) printf "%s,%d,%.12g,%d\n", k, n[k], s[k] / n[k], m[k] }' \
  "$DATA/flights.csv" >"$OUT"
