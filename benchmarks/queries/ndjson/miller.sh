mlr --ijsonl --ocsv --ofmt %.12g filter '$delay > 15' then stats1 -a count,mean -f delay -g origin \
  "$DATA/flights.ndjson" >"$OUT"
