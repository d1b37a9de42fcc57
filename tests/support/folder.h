// A folder for one test, removed at its end whatever permissions it then has.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace locus {

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path path(std::string_view name) const { return path_ / name; }
  /// Writes a file and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view bytes) const;
  std::string text(const std::filesystem::path& name) const;
  /// The files in the folder and below, relative to it, sorted by name.
  std::vector<std::string> files() const;
  /// The contents of the files below `folder`, by their names relative to it.
  std::map<std::string, std::string> texts(const std::string& folder) const;

 private:
  std::filesystem::path path_;
};

/// Tests that need a folder.
class InFolder : public testing::Test {
 protected:
  std::string file(std::string_view name, std::string_view bytes) const { return own_.write(name, bytes).string(); }
  std::string text(const std::filesystem::path& name) const { return own_.text(name); }
  std::vector<std::string> files() const { return own_.files(); }
  std::map<std::string, std::string> texts(const std::string& folder) const { return own_.texts(folder); }
  std::string at(std::string_view name) const { return own_.path(name).string(); }

 private:
  const Folder own_;

 protected:
  const std::filesystem::path folder_ = own_.path();
};

}  // namespace locus
