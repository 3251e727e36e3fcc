{ head -n 1 "$DATA/flights.csv"
  tail -n +2 "$DATA/flights.csv" | sort --parallel=2 -t, -k3,3nr -k2,2n -k4,4 -k5,5 -k1,1; } >"$OUT"
