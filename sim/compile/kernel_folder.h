// KernelFolder: where compiled kernels are kept from run to run, for one user alone.
//
// A kernel is code that runs in the program, so it is read only from files that nobody else can
// have written: the folder belongs to the user and is open to nobody else (0700), no folder above
// it can be written by others, a file belongs to the user, is not a link, and ends with the SHA-256
// of the rest, so that half a file is none. Files come into the folder by renaming.
// Errors: words that say why the folder or a file is of no use; nothing here throws.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace locus {

class KernelFolder {
 public:
  /// Makes the folder if there is none. Empty: $XDG_CACHE_HOME/locus/kernels, where XDG_CACHE_HOME
  /// is ~/.cache if it is not set.
  explicit KernelFolder(const std::filesystem::path& folder);

  /// Why the folder is of no use; empty: it is of use.
  const std::string& fault() const { return fault_; }
  /// The file of a key.
  std::filesystem::path file_of(const std::string& key) const { return folder_ / (key + ".so"); }
  /// True if the file of a key is whole and the user's own.
  bool holds(const std::string& key) const;
  /// A new folder inside, for the files of a compilation; empty: there is none, and fault() says
  /// why.
  std::filesystem::path new_work_folder();
  /// Makes the bytes of `library` the file of a key. Returns why it could not.
  std::string keep(const std::filesystem::path& library, const std::string& key) const;

 private:
  std::filesystem::path folder_;
  std::string fault_;
};

}  // namespace locus
