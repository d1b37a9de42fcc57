// FaultList: the faults of one model as its readers and checks find them, by field; where they
// stand in the text is found at the end, for all at once.
//
// Checks name a field as a Spec has it. Where the file spells it otherwise (a compressed matrix is
// a sparse one in the Spec), a reader says so once by respell(), and the fault is told of the
// file's field. A reader that has told a fault, or has looked at a field itself, calls silence():
// what the checks find there is dropped. Cost: a fault is small, but a hostile file may hold
// millions: from kMostFaults on they are only counted, and the last one says so; looking up a path
// costs its length, however many are silenced.
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

  /// `what` follows the field: "is 1.5"; `allowed` says what may stand there: "must be above 0 and
  /// at most 1".
  void error(const FieldPath& field, std::string what, std::string allowed = {});
  void warning(const FieldPath& field, std::string what, std::string allowed = {});
  /// A fault whose place (bytes from the start of the text) is known already.
  void error_at(std::size_t offset, const FieldPath& field, std::string what, std::string allowed = {});
  /// A fault of a message in which none of the fields of a choice (a oneof) is given; nothing else
  /// is said about the choice.
  void missing_choice(const FieldPath& field, std::string_view choice, std::string what, std::string allowed);
  /// A fault after which nothing else is said about this field or below it.
  void refuse(const FieldPath& field, std::string what, std::string allowed = {});
  /// What is said about this field or below it from now on is dropped: it follows from a fault that
  /// is told already, or a reader has looked at the field itself.
  void silence(const FieldPath& field) { silenced_.insert(field.text()); }
  bool is_silenced(const FieldPath& field) const;
  /// The file has `as` where a Spec has `field`; faults below it stand below `as`, too.
  void respell(const FieldPath& field, const FieldPath& as) { spellings_.insert_or_assign(field.text(), as); }

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
  FieldPath spelt(const FieldPath& field) const;

  std::vector<Pending> pending_;
  std::unordered_set<std::string> silenced_;              // texts of paths
  std::unordered_map<std::string, FieldPath> spellings_;  // by the text of the Spec's path
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

/// A value as it is shown in a fault: shortest digits that give it back.
std::string shown(double value);
/// A text from a file as it is shown in a fault: in quotes, control characters and what is long
/// replaced.
std::string shown(std::string_view text);

}  // namespace locus
