// A model is known by the contents of all its files.
#include "sim/model/input_files.h"

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "sim/model/sha256.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

class InputFiles : public InFolder {
 protected:
  /// The .npy of a 3 x 2 matrix of this number.
  static std::string npy(double value) {
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }";
    header += std::string(117 - header.size(), ' ') + "\n";
    std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
    bytes += header;
    for (int i = 0; i < 6; ++i) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    return bytes;
  }
  std::string model(const std::string& path) const {
    ModelText text;
    text.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { file { path: \"" + path + "\" } } }";
    return file("m.txtpb", text.text());
  }
};

TEST_F(InputFiles, AModelIsKnownByTheContentsOfAllItsFiles) {
  const std::string path = model("w.npy");
  file("w.npy", npy(1));
  const Spec one = load(path);
  ASSERT_EQ(one.inputs.size(), 2U);
  EXPECT_EQ(one.inputs[0], (InputFile{"", sha256(text("m.txtpb"))}));
  EXPECT_EQ(one.inputs[1], (InputFile{"w.npy", sha256(npy(1))}));
  EXPECT_EQ(one.sha256, sha256(one.inputs[0].sha256 + "  \n" + one.inputs[1].sha256 + "  w.npy\n"));
  file("w.npy", npy(10));
  const Spec other = load(path);
  EXPECT_NE(other.sha256, one.sha256) << "the same model file with other weights beside it is another model";
  EXPECT_EQ(other.inputs[0], one.inputs[0]);
}

TEST_F(InputFiles, CarriedFilesCountByTheirBytes) {
  const std::string path = model("w.npy");
  file("w.npy", npy(1));
  std::vector<Fault> warnings;
  CarriedFiles carried;
  const Spec first = load_bytes(text("m.txtpb"), path, {}, warnings, &carried);
  file("w.npy", npy(10));
  carried.complete = true;
  const Spec again = load_bytes(text("m.txtpb"), path, {}, warnings, &carried);
  EXPECT_EQ(again.inputs, first.inputs);
  EXPECT_EQ(again.sha256, first.sha256);
  EXPECT_NE(load(path).sha256, first.sha256);
}

TEST_F(InputFiles, AFileThatChangesMeanwhileIsAnError) {
  file("w", "one");
  std::vector<OpenedFile> opened;
  note_opened("w", folder_ / "w", opened);
  note_opened("w", folder_ / "w", opened);
  ASSERT_EQ(opened.size(), 1U);
  const std::vector<InputFile> inputs = input_files("abc", opened, nullptr);
  EXPECT_EQ(inputs[1].sha256, sha256("one"));
  // by sha256sum (GNU coreutils)
  EXPECT_EQ(model_sha256(std::vector<InputFile>{{"", sha256("abc")}, {"A.npy", sha256("")}}),
            "dd9328fab7675e2195db417e315e86b17ac278efb162fce0ee329be891fac7d7");
  file("w", "longer");
  EXPECT_THROW(input_files("abc", opened, nullptr), FileError);
  std::filesystem::remove(folder_ / "w");
  EXPECT_THROW(input_files("abc", opened, nullptr), FileError);
}

}  // namespace
}  // namespace locus
