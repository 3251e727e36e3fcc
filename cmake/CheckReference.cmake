# Called with WARNINGS, the log of Doxygen: fails where it has warnings, save those that ask for a word about names that
# have none to add: data members, and getters that take nothing.

file(STRINGS ${WARNINGS} warnings)
list(FILTER warnings EXCLUDE REGEX "\\(variable\\) of (struct|class) .* is not documented")
# Copies, moves and what iterators must have are what they are everywhere.
list(FILTER warnings EXCLUDE REGEX "\\(typedef\\) of class .* is not documented")
list(FILTER warnings EXCLUDE REGEX "Member operator[^ ]*\\(.* is not documented")
list(FILTER warnings EXCLUDE REGEX "(&&?other\\) noexcept|=default) \\(function\\) of class .* is not documented")
list(FILTER warnings EXCLUDE REGEX "\\(\\) const noexcept \\(function\\) of (struct|class) .* is not documented")
if(warnings)
  list(JOIN warnings "\n" text)
  message(FATAL_ERROR "public names without documentation, or with a wrong one:\n${text}")
endif()
