mawk -F, 'NR == 1 { print "origin,destination,delay,distance"; next } $2 > 15 { print $4 "," $5 "," $2 "," $3 }' \
  "$DATA/flights.csv" >"$OUT"
