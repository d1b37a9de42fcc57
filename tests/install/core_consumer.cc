// A user of locus::core alone: calls the one function that decides whether a message is a
// violation.
#include <iostream>

#include "core/wire/channel.h"

int main() {
  const bool local = !locus::violation(locus::Channel::kAxon, 0).any();
  const bool late = locus::violation(locus::Channel::kAxon, 1).temporal;
  std::cout << locus::name(locus::Channel::kAxon) << '\n';
  return local && late ? 0 : 1;
}
