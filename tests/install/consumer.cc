// Somebody who uses locus::sim: says which version is linked.
#include <iostream>

#include "sim/report/version.h"

int main(int argc, char** argv) {
  std::cout << locus::version() << ' ' << locus::commit() << '\n';
  return argc == 2 && locus::version() == argv[1] ? 0 : 1;
}
