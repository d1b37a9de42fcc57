// ResultFolder: the folder of a command's results: who writes to it, and which files in it are
// results.
//
// A run into the folder of an earlier one replaces that one's results as a whole: a file that the
// new result does not have must not stay beside it, and a file of somebody else must. So the folder
// has a list of the files that this program wrote, ".locus-files", one in a line. A file enters the
// list before it is made, so that the list also has what a killed process left. One process at a
// time writes to a folder (FileLock, ".locus-lock").
// Limits: a list that was moved here from elsewhere removes nothing outside of the folder; results
// of programs without a list stay.
// Errors: FileError.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/file_lock.h"

namespace locus {

class ResultFolder {
 public:
  /// Makes the folder (prepare_folder, write.h) and locks it for the life of the object. `kind`
  /// names the results: "run", "sweep", "claims". Those of another kind are not replaced:
  /// FileError. Processes that share the folder write to it at the same time; they must agree on
  /// who writes which file.
  ResultFolder(const std::filesystem::path& folder, std::string_view kind, Holding holding = Holding::kAlone);

  const std::filesystem::path& path() const { return folder_; }
  /// Adds files, relative to the folder, that are about to be made.
  void expect(const std::vector<std::string>& files);
  /// Removes the files of earlier results that were not expected, and folders that are then empty.
  void remove_others();
  /// The same before a run. A file whose permissions its owner has changed stays until it is
  /// replaced, so that the new one has them, or until remove_others.
  void remove_earlier();

 private:
  void remove(const std::string& file) const;
  void write_list();

  std::filesystem::path folder_;
  std::string kind_;
  FileLock lock_;
  std::string list_;                // the text of the list on the disk
  std::set<std::string> earlier_;   // files of earlier results
  std::set<std::string> expected_;  // files of this one
};

}  // namespace locus
