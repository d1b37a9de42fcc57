// FaultList: the faults of one model, which readers and checks add by field. Their places in the
// text are found at the end, for all at once.
//
// Checks name a field as in a Spec. If the file has another name for it (a compressed matrix is a
// sparse one in the Spec), a reader calls respell() once, and the fault gets the field of the file.
// A reader that has added a fault, or has checked a field itself, calls silence(): later faults
// there are dropped.
// Cost: a fault is small, but a hostile file may have millions. After kMostFaults they are only
// counted, and the last one says so. Looking up a path costs its length, for any number of silenced
// paths.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sim/model/errors.h"
#include "sim/model/field_path.h"

namespace locus {

class FaultList {
 public:
  static constexpr std::size_t kMostFaults = 10000;

  /// `what` follows the field: "is 1.5"; `allowed` names the allowed values: "must be above 0 and
  /// at most 1".
  void error(const FieldPath& field, std::string what, std::string allowed = {});
  void warning(const FieldPath& field, std::string what, std::string allowed = {});
  /// Adds a fault whose place is known (bytes from the start of the text).
  void error_at(std::size_t offset, const FieldPath& field, std::string what, std::string allowed = {});
  /// Adds a fault of a message without any field of a choice (a oneof); later faults about the
  /// choice are dropped.
  void missing_choice(const FieldPath& field, std::string_view choice, std::string what, std::string allowed);
  /// Adds a fault and drops all later ones of this field and below it.
  void refuse(const FieldPath& field, std::string what, std::string allowed = {});
  /// Drops all later faults of this field and below it: they follow from an earlier fault, or a
  /// reader has checked the field itself.
  void silence(const FieldPath& field) { silenced_.insert(field.text()); }
  bool is_silenced(const FieldPath& field) const;
  /// The file has `as` for the Spec's `field`; faults below `field` then stand below `as`.
  void respell(const FieldPath& field, const FieldPath& as) { spellings_.insert_or_assign(field.text(), as); }

  bool has_errors() const { return errors_ > 0; }
  /// False in a file with hundreds of faults, where a search for the intended name takes too long.
  bool may_suggest() const { return pending_.size() < 500; }

  /// The faults in the order of the file. `text` is the text of the file, absent for a binary one.
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
  FieldPath spelt(const FieldPath& field) const;

  std::vector<Pending> pending_;
  std::unordered_set<std::string> silenced_;              // texts of paths
  std::unordered_map<std::string, FieldPath> spellings_;  // by the text of the Spec's path
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

/// A value in a fault: the shortest digits that give the same number.
std::string shown(double value);
/// A text from a file in a fault: in quotes, with control characters and long parts replaced.
std::string shown(std::string_view text);

}  // namespace locus
