// Runs a fuzzer's corpus without libFuzzer: passes every file of the named folders to the target
// once, in the order of names. With `--mutate N` in front, it also passes N random variations of
// them (the same N on every machine).
//
// The inputs that once revealed a fault are thus tests in every build with every compiler, not only
// in the fuzzing build. A crash or a sanitiser ends the program.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Bytes bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Makes a few random changes in an input: bits, bytes, numbers at the limits of their range,
/// pieces that are removed, doubled, or taken from another input.
class Mutator {
 public:
  explicit Mutator(const std::vector<Bytes>& corpus) : corpus_(corpus) {}

  Bytes next() {
    Bytes bytes = corpus_[below(corpus_.size())];
    for (std::size_t change = below(6) + 1; change > 0 && !bytes.empty(); --change) mutate(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

  void mutate(Bytes& bytes) {
    constexpr std::uint8_t kEdges[] = {0, 1, 0x7f, 0x80, 0xff, '0', '-', '{', '"', '\n'};
    const std::size_t at = below(bytes.size());
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(below(std::min<std::size_t>(bytes.size() - at, 64)) + 1);
    switch (below(8)) {
      case 0: bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << below(8))); return;
      case 1: bytes[at] = static_cast<std::uint8_t>(below(256)); return;
      case 2: bytes[at] = kEdges[below(std::size(kEdges))]; return;
      case 3: std::fill(begin, end, kEdges[below(std::size(kEdges))]); return;
      case 4: bytes.erase(begin, end); return;
      case 5: bytes.resize(at + 1); return;
      case 6: {
        const Bytes piece(begin, end);
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size())), piece.begin(), piece.end());
        return;
      }
      default: {
        const Bytes& other = corpus_[below(corpus_.size())];
        if (other.empty()) return;
        const std::size_t from = below(other.size());
        const std::size_t length = below(std::min<std::size_t>(other.size() - from, 64)) + 1;
        bytes.insert(begin, other.begin() + static_cast<std::ptrdiff_t>(from),
                     other.begin() + static_cast<std::ptrdiff_t>(from + length));
      }
    }
  }

  const std::vector<Bytes>& corpus_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  int first = 1;
  long long mutations = 0;
  if (argc > 2 && std::strcmp(argv[1], "--mutate") == 0) {
    mutations = std::stoll(argv[2]);
    first = 3;
  }
  std::vector<Bytes> corpus;
  for (int i = first; i < argc; ++i) {
    for (const auto& file : files_of(argv[i])) {
      // flushed, so that the last printed name is that of the crash
      std::cout << file.string() << std::endl;
      corpus.push_back(bytes_of(file));
      LLVMFuzzerTestOneInput(corpus.back().data(), corpus.back().size());
    }
  }
  if (corpus.empty()) {
    std::cout << "no inputs\n";
    return 1;  // an empty corpus tests nothing and must not pass
  }
  Mutator mutator(corpus);
  for (long long i = 0; i < mutations; ++i) {
    const Bytes input = mutator.next();
    if (i % 10'000 == 0) std::cout << "mutation " << i << std::endl;
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::cout << corpus.size() << " inputs replayed, " << mutations << " made of them\n";
  return 0;
}
