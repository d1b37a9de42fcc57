#include "tests/model/fault_case.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "locus/v1/model.pb.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

struct Marked {
  std::string text;
  int line = 1;
  int column = 1;
};

Marked unmark(std::string text) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos) return {text};
  text.erase(at, 1);
  const std::string before = text.substr(0, at);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n') == std::string::npos ? 0 : before.rfind('\n') + 1;
  return {text, static_cast<int>(lines) + 1, static_cast<int>(at - line_begin) + 1};
}

/// True if a path such as network.projections[1].weights names fields of the schema, with indices
/// exactly at repeated fields.
bool is_field(const std::string& path) {
  const google::protobuf::Descriptor* message = v1::Model::descriptor();
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    std::string step = path.substr(begin, end - begin);
    const std::size_t bracket = std::min(step.find('['), step.size());
    const google::protobuf::FieldDescriptor* field =
        message == nullptr ? nullptr : message->FindFieldByName(step.substr(0, bracket));
    if (field == nullptr || (bracket < step.size() && !field->is_repeated())) return false;
    message = field->message_type();
    begin = end + 1;
  }
  return true;
}

void expect_fault(const FaultCase& wanted) {
  const Folder folder;
  ModelText model;
  wanted.change(model);
  const Marked marked = unmark(model.text());
  const std::filesystem::path file = folder.write("m.txtpb", marked.text);
  const std::vector<Fault> faults = validate(file);
  ASSERT_EQ(faults.size(), 1U) << ModelError(faults).what() << "\n" << marked.text.substr(0, 2000);
  const std::string said = describe(faults[0]);
  EXPECT_EQ(faults[0].field, wanted.field);
  EXPECT_TRUE(is_field(faults[0].field)) << faults[0].field;
  EXPECT_EQ(faults[0].line, marked.line) << said;
  EXPECT_EQ(faults[0].column, marked.column) << said;
  EXPECT_EQ(faults[0].file, file.string());
  for (const std::string& word : wanted.words) EXPECT_NE(said.find(word), std::string::npos) << said;
  ASSERT_EQ(faults[0].severity, wanted.warning ? Severity::kWarning : Severity::kError);
  std::vector<Fault> warnings;
  if (wanted.warning) {
    EXPECT_NO_THROW(load(file, warnings));
    EXPECT_EQ(warnings.size(), 1U);
  } else {
    EXPECT_THROW(load(file), ModelError);
  }
}

}  // namespace

void expect_faults(const std::vector<FaultCase>& cases) {
  for (const FaultCase& wanted : cases) {
    SCOPED_TRACE(wanted.name);
    expect_fault(wanted);
  }
}

std::string w_with(const std::string& weights) {
  return "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { " + weights + " } }";
}
std::string dense_w(const std::string& inside) { return w_with("dense { " + inside + " }"); }
std::string sparse_w(const std::string& inside) { return w_with("sparse { " + inside + " }"); }
std::string csr_w(const std::string& inside) { return w_with("csr { " + inside + " }"); }

std::string rate_population(const std::string& rec) {
  return "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" " + rec +
         " } populations { name: \"out\" size: 1 readout {} }";
}

std::string recorded(const std::string& trials) { return "task { recorded { " + trials + " } }"; }

}  // namespace locus
