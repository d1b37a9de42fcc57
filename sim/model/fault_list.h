// FaultList: the faults of one model as its readers find them, by field; where they stand in the
// text is found at the end, for all at once.
//
// Cost: a fault is small, but a hostile file may hold millions: from kMostFaults on they are only
// counted, and the last one says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/errors.h"
#include "sim/model/field_path.h"

namespace locus {

class FaultList {
 public:
  static constexpr std::size_t kMostFaults = 10000;

  /// `what` follows the field: "is 1.5"; `allowed` says what may stand there: "must be above 0 and
  /// at most 1".
  void error(const FieldPath& field, std::string what, std::string allowed = {});
  void warning(const FieldPath& field, std::string what, std::string allowed = {});
  /// A fault whose place (bytes from the start of the text) is known already.
  void error_at(std::size_t offset, const FieldPath& field, std::string what, std::string allowed = {});
  /// A fault of a message in which none of the fields of a choice (a oneof) is given.
  void missing_choice(const FieldPath& field, std::string_view choice, std::string what, std::string allowed);
  /// What is said about this field or below it from now on follows from a fault that is told
  /// already, and is dropped.
  void silence(const FieldPath& field) { silenced_.push_back(field); }

  bool has_errors() const { return errors_ > 0; }
  /// Whether it is worth the time to look for what was meant: not in a file that has hundreds of
  /// faults.
  bool may_suggest() const { return pending_.size() < 500; }

  /// The faults in the order of the file. `text` is the file's text, absent where it is binary.
  std::vector<Fault> placed(const std::string& file, std::optional<std::string_view> text) const;

 private:
  struct Pending {
    Severity severity = Severity::kError;
    FieldPath field;
    std::string what;
    std::string allowed;
    std::optional<std::size_t> offset;  // bytes
  };
  void add(Pending pending);
  bool is_silenced(const FieldPath& field) const;

  std::vector<Pending> pending_;
  std::vector<FieldPath> silenced_;
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

/// A value as it is shown in a fault: shortest digits that give it back.
std::string shown(double value);
/// A text from a file as it is shown in a fault: in quotes, control characters and what is long
/// replaced.
std::string shown(std::string_view text);

}  // namespace locus
