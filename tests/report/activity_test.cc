// The activity of a page: the last trial of a recording, and nothing of files that are not what
// they say.
#include "sim/report/activity.h"

#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/folder.h"

namespace locus {
namespace {

class PageActivity : public InFolder {
 protected:
  static v1::Result result() {
    v1::Result result;
    result.add_runs()->set_rule("rflo");
    v1::RecordedFile& recording = *result.mutable_outline()->add_recordings();
    recording.set_name("rec");
    recording.set_quantity("ACTIVITY");
    recording.set_is_array(true);
    recording.set_first_tick(3);
    recording.set_every_ticks(2);
    return result;
  }
  std::string shown(const v1::Result& of = result()) const {
    return text_of([&](Output& to) { write_activity(of, folder_, to); });
  }
  /// An array with the numbers 0, 1, 2, ... after its head.
  void write(const std::string& shape, std::size_t numbers, const char* type = "<f8") const {
    std::string bytes = std::string("\x93NUMPY\x01\x00", 8) + "\xb6" + '\0' + "{'descr': '" + type +
                        "', 'fortran_order': False, 'shape': (" + shape + "), }";
    bytes.resize(192, ' ');
    for (std::size_t k = 0; k < numbers; ++k) {
      const auto value = static_cast<double>(k);
      const auto single = static_cast<float>(k);
      if (std::string_view(type) == "<f8") bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
      if (std::string_view(type) == "<f4") bytes.append(reinterpret_cast<const char*>(&single), sizeof single);
    }
    std::filesystem::create_directories(folder_ / "record" / "rflo");
    file("record/rflo/rec.npy", bytes);
  }
};

TEST_F(PageActivity, IsTheFirstTrialOfTheLastUpdate) {
  EXPECT_EQ(shown(), "[]") << "no file";
  // two updates of three ticks, two trials and two neurons: the last update begins at 12
  const std::string expected = R"([{"run":0,"recording":0,"ticks":[3,5,7],"all":2,"values":[[12,13],[16,17],[20,21]]}])";
  for (const char* type : {"<f8", "<f4"}) {
    write("2, 3, 2, 2", 24, type);
    EXPECT_EQ(shown(), expected);
  }
  v1::Result other = result();
  other.mutable_outline()->clear_recordings();
  EXPECT_EQ(shown(other), "[]") << "of an earlier run";
  other = result();
  other.mutable_outline()->mutable_recordings(0)->set_every_ticks(0);
  EXPECT_EQ(shown(other), "[]") << "not of ticks";
}

TEST_F(PageActivity, ShowsTheFirstNeuronsAndTicksOfLargeOnes) {
  write("1, 1001, 1, 101", 1001 * 101);
  const std::string text = shown();
  EXPECT_NE(text.find("\"all\":101"), std::string::npos);
  EXPECT_EQ(text.find("100999"), std::string::npos) << "neuron 101";
  EXPECT_NE(text.find("100998]]}"), std::string::npos) << "neuron 100 at the tick 1000";
}

TEST_F(PageActivity, LeavesOutFilesThatAreNotWhatTheySay) {
  for (const char* shape :
       {"2, 3, 2, 3", "2, 3, 2", "0, 3, 2, 2", "2, 3, 2, 2, 1", "999999999, 999999999, 999999999, 999999999",
        "99999999999999999999, 1, 1, 1", "-1, 3, 2, 2", "a, b, c, d", "", "2, 3, 2, 2"}) {
    const bool good = std::string_view(shape) == "2, 3, 2, 2";
    write(shape, 24);
    EXPECT_EQ(shown() != "[]", good) << shape;
  }
  file("record/rflo/rec.npy", "short");
  EXPECT_EQ(shown(), "[]");
  file("record/rflo/rec.npy", std::string(400, 'x'));
  EXPECT_EQ(shown(), "[]");
}

}  // namespace
}  // namespace locus
