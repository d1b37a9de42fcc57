// The texts in a message that was read from a file: names and sentences that later reach a
// terminal, a table or a page.
#pragma once

#include <string>

#include <google/protobuf/message.h>

namespace locus {

/// The path and the escaped value of the first string with a character that a terminal does not
/// show (sim/model/characters.h; line breaks and tabs are allowed); empty if there is none.
std::string invisible_string(const google::protobuf::Message& message);

}  // namespace locus
