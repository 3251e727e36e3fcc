mlr --icsv --ocsv filter '$latitude > 0' "$DATA/ten_airports.csv" >"$OUT"
