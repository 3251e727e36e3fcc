mawk -F, 'NR == 1 || $6 > 0' "$DATA/ten_airports.csv" >"$OUT"
