{ echo origin,flights,mean_delay
  jq -r 'select(.delay > 15) | "\(.origin) \(.delay)"' "$DATA/flights.ndjson" |
    mawk '{ n[$1]++; s[$1] += $2 } END { for (k in n) printf "%s,%d,%.12g\n", k, n[k], s[k] / n[k] }'; } >"$OUT"
