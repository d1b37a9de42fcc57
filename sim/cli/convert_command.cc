// locus convert: changes a model file from its text form to its wire form and back.
#include "sim/cli/command.h"
#include "sim/model/convert.h"

namespace locus {
namespace {

class ConvertInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("IN", in_, "model file to read (.txtpb, .binpb)")->required();
    app.add_option("OUT", out_, "model file to write; its ending says which form; replaced if it is there")->required();
  }

  Exit execute(const Console&) override {
    convert(in_, out_);
    return Exit::kDone;
  }

 private:
  std::string in_;
  std::string out_;
};

}  // namespace

constexpr Command kConvertCommand = {
    .name = "convert",
    .arguments = "IN OUT",
    .summary = "convert a model file between text and wire form, loss-free",
    .example = "locus convert models/student_teacher.txtpb /tmp/student_teacher.binpb",
    .details =
        "Text endings: .txtpb, .textproto, .textpb, .pbtxt. Wire endings: .binpb, .pb. Every number comes back bit for bit; comments "
        "and layout of a text "
        "do not, for the wire form has no place for them. Weights in files beside the model stay there, named as before.",
    .make = [] { return std::unique_ptr<Invocation>(new ConvertInvocation); },
};

}  // namespace locus
