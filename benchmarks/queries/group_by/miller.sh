mlr --icsv --ocsv --ofmt %.12g stats1 -a count,mean,max -f delay -g origin "$DATA/flights.csv" >"$OUT"
