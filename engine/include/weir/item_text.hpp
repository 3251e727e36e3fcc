// Items and their types as text, for messages.
#pragma once

#include <concepts>
#include <ostream>
#include <sstream>
#include <string>
#include <typeinfo>

namespace weir {

/// The type's name as it is written in C++.
std::string type_name(const std::type_info& type);

/// What `<<` makes of an item; of one that has none, its type.
template <class T>
std::string item_text(const T& item) {
  if constexpr (requires(std::ostream & out) { out << item; }) {
    std::ostringstream text;
    text << item;
    return std::move(text).str();
  } else {
    return "a " + type_name(typeid(T));
  }
}

}  // namespace weir
