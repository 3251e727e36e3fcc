mlr --icsv --ocsv filter '$delay > 15' then cut -o -f origin,destination,delay,distance "$DATA/flights.csv" >"$OUT"
