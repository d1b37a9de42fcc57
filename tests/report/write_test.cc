// The files of a result: the fields and columns that scripts use; each file is whole or absent.
#include "sim/report/write.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <unistd.h>

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "locus/v1/result.pb.h"
#include "locus/v1/weights.pb.h"
#include "sim/model/errors.h"
#include "sim/report/result_message.h"
#include "sim/report/weights_file.h"
#include "tests/report/sample.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class ResultFiles : public InFolder {};

std::string csv(const RunResult& result, void (*write)(const RunResult&, Output&)) {
  return text_of([&](Output& to) { write(result, to); });
}

TEST_F(ResultFiles, AreTheFiveOfTheInterface) {
  write_result(sample_result(), folder_);
  EXPECT_EQ(files(), (std::vector<std::string>{"ledger.csv", "losses.csv", "report.html", "result.binpb", "result.json"}));
}

TEST_F(ResultFiles, BinaryAndJsonSayTheSame) {
  write_result(sample_result(), folder_);
  v1::Result binary;
  v1::Result json;
  ASSERT_TRUE(binary.ParseFromString(text("result.binpb")));
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text("result.json"), &json).ok());
  EXPECT_EQ(binary.SerializeAsString(), json.SerializeAsString());
  EXPECT_EQ(binary.runs(0).weights(0).matrix().values(3), 4.5);
  EXPECT_EQ(binary.runs(0).weights(1).sparse().col(0), 2);  // in the order of the file
  EXPECT_EQ(binary.schema(), "locus.v1.Result");
  EXPECT_FALSE(binary.version().empty());
  EXPECT_FALSE(binary.commit().empty());
}

TEST_F(ResultFiles, JsonHasTheFieldsThatScriptsRelyOn) {
  const std::string json = json_line(sample_result());
  EXPECT_EQ(json.find('\n'), std::string::npos);
  for (const char* field :
       {R"("model":"sample")",
        R"("modelSha256":"0123)",
        R"("version":")",
        R"("seed":"18446744073709551615")",
        R"("runs":[{"rule":"bptt")",
        R"("status":"COMPLETED")",
        R"("updates":20)",
        R"("losses":[1,0.5,)",
        R"("weights":[{"projection":"W","matrix":{"rows":2,"cols":2,"values":[1,2,3,4.5]}})",
        R"("sparse":{"rows":1,"cols":3,"row":[0,0],"col":[2,0],"values":[0.25,-1]})",
        R"("ledger":{"trials":"40","ticks":"200","entries":[)",
        R"({"channel":"AXON","lag":0,"messages":"4000","scalars":"4000","bytes":"32000"})",
        R"("messages":"4800")",
        R"("spatialViolations":"800")",
        R"("temporalViolations":"800")",
        R"("violations":"800")",
        R"("maxLag":3)",
        R"("meanLag":0.5)",
        R"("stalledTicks":"160")",
        R"("historyBytes":"200")",
        R"("traceBytes":"0")",
        R"("rank":[{"projection":"B")",
        R"("singularValues":[3,2],"rank":2,"effectiveRank":1.9,"tolerance":1e-09)",
        R"("fingerprint":"00112233445566ff")",
        R"("kind":"bptt","depth":5,"stride":5)",
        R"("kind":"rflo","depth":0,"stride":0)",
        R"("outline":{"populations":[{"name":"in","kind":"input","size":2,"activation":"IDENTITY","leak":0,"leaks":[]},)"
        R"({"name":"rec","kind":"rate","size":3,"activation":"TANH","leak":0.5,"leaks":[]},)",
        R"({"name":"W","source":"rec","target":"rec","synapses":"9","plastic":true,"learningRate":0.25,"hasOwnRate":true,"delay":1,"sign":"ANY"})",
        R"({"name":"A","source":"rec","target":"out","synapses":"2","plastic":false,"learningRate":0.1,"hasOwnRate":false,"delay":0,"sign":"ANY"})",
        R"("task":"student_teacher","training":{"loss":"SEQUENCE","commit":"END_OF_BATCH","locality":"TEMPORAL","wires":[],)"
        R"("ticks":5,"batch":2,"updates":20,"learningRate":0.1})",
        R"("spatialViolations":"0")"}) {
    EXPECT_NE(json.find(field), std::string::npos) << field << "\nis not in\n" << json;
  }
}

TEST_F(ResultFiles, EveryStatusHasItsName) {
  RunResult result = sample_result();
  for (const auto& [status, spelled] :
       {std::pair{Status::kCompleted, v1::Run::COMPLETED}, std::pair{Status::kDiverged, v1::Run::DIVERGED},
        std::pair{Status::kLocalityBroken, v1::Run::LOCALITY_BROKEN},
        std::pair{Status::kInterrupted, v1::Run::INTERRUPTED}}) {
    result.outcomes[0].status = status;
    LentLists lists;
    EXPECT_EQ(result_message(result, lists).runs(0).status(), spelled);
  }
}

TEST_F(ResultFiles, CsvHasTheColumnsOfTheInterface) {
  RunResult result = sample_result();
  result.outcomes[0].losses = {0.1, 1e-300};
  result.outcomes[1].losses = {1.0 / 3};
  result.outcomes[1].rule = "a,\"b\"";
  EXPECT_EQ(csv(result, write_losses_csv),
            "rule,update,loss\nbptt,0,0.1\nbptt,1,1e-300\n\"a,\"\"b\"\"\",0,0.3333333333333333\n");
  EXPECT_EQ(csv(result, write_evaluations_csv), "");
  result.outcomes[0].evaluations = {{0, 0.5}, {100, 0.25}};
  EXPECT_EQ(csv(result, write_evaluations_csv), "rule,update,loss\nbptt,0,0.5\nbptt,100,0.25\n");
  EXPECT_NE(json_line(result).find(R"("evaluations":[{"update":0,"loss":0.5},{"update":100,"loss":0.25}])"),
            std::string::npos);
  EXPECT_EQ(csv(result, write_alignment_csv) + csv(result, write_scatter_csv) + csv(result, write_curvature_csv), "");
  EXPECT_EQ(json_line(result).find("cosine"), std::string::npos);
  result.outcomes[0].comparisons = {{{0, "rflo", "bptt", "", 0.5, 2.0, 0.75}, {10, "=x", "bptt", "W", {}, 0.0, {}}},
                                    {{0, "rflo", "W", 0.25, {}}},
                                    {{10, -1.5, 0.001, 7}}};
  EXPECT_EQ(csv(result, write_alignment_csv),
            "run,update,rule,with,projection,cosine,norm_ratio,sign_agreement\n"
            "bptt,0,rflo,bptt,,0.5,2,0.75\nbptt,10,\"'=x\",bptt,W,,0,\n");
  EXPECT_EQ(csv(result, write_scatter_csv), "run,update,rule,projection,bias,noise\nbptt,0,rflo,W,0.25,\n");
  EXPECT_EQ(csv(result, write_curvature_csv), "run,update,largest_eigenvalue,residual,products\nbptt,10,-1.5,0.001,7\n");
  const std::string json = json_line(result);
  for (const char* field :
       {R"("alignment":[{"update":0,"rule":"rflo","with":"bptt","projection":"","cosine":0.5,"normRatio":2,"signAgreement":0.75},)",
        R"({"update":10,"rule":"=x","with":"bptt","projection":"W","normRatio":0}])",
        R"("scatter":[{"update":0,"rule":"rflo","projection":"W","bias":0.25}])",
        R"("curvature":[{"update":10,"largestEigenvalue":-1.5,"residual":0.001,"products":7}])"})
    EXPECT_NE(json.find(field), std::string::npos) << field << "\nis not in\n" << json;
  EXPECT_EQ(
      csv(result, write_ledger_csv),
      "rule,channel,lag,messages,scalars,bytes\nbptt,AXON,0,4000,4000,32000\nbptt,ADJOINT,3,800,800,6400\n\"a,\"\"b\"\"\",AXON,0,2000,2000,16000\n");
}

TEST_F(ResultFiles, SayWhichMessagesStayOnACore) {
  RunResult result = sample_result();
  Ledger& ledger = result.outcomes[0].ledger;
  EXPECT_EQ(json_line(result).find("oreLocal"), std::string::npos) << "nothing is said where nothing is";
  ledger.add(Channel::kInfluence, 0, {30, 90});
  ChannelSet stay;
  stay.add(Channel::kInfluence);
  ledger.keep_on_cores(stay);
  EXPECT_EQ(csv(result, write_ledger_csv),
            "rule,channel,lag,messages,scalars,bytes,core_local\nbptt,AXON,0,4000,4000,32000,0\n"
            "bptt,ADJOINT,3,800,800,6400,0\nbptt,INFLUENCE,0,30,90,720,1\n"
            "rflo,AXON,0,2000,2000,16000,0\n");
  const std::string json = json_line(result);
  EXPECT_NE(json.find(R"("channel":"INFLUENCE","lag":0,"messages":"30","scalars":"90","bytes":"720","coreLocal":true)"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("coreLocal":"30")"), std::string::npos) << json;
}

TEST_F(ResultFiles, HaveAccuraciesWhereTrialsHaveClasses) {
  RunResult result = sample_result();
  result.outcomes[0].losses = {0.5, 0.25};
  result.outcomes[0].accuracies = {0.5, std::nan("")};
  result.outcomes[0].confusions = {{{0, 0, 1}, {1, 0, 1}}, {}};
  result.outcomes[1].losses = {0.5};
  result.outcomes[0].evaluations = {{0, 0.5, 0.75}};
  result.outcomes[0].evaluation_confusion = {{0, 0, 3}, {0, 1, 1}};
  EXPECT_EQ(csv(result, write_losses_csv),
            "rule,update,loss,accuracy\nbptt,0,0.5,0.5\nbptt,1,0.25,\n" + result.outcomes[1].rule + ",0,0.5,\n");
  EXPECT_EQ(csv(result, write_evaluations_csv), "rule,update,loss,accuracy\nbptt,0,0.5,0.75\n");
  const std::string json = json_line(result);
  for (const char* part : {R"("evaluations":[{"update":0,"loss":0.5,"accuracy":0.75}])", R"("accuracies":[0.5,"NaN"])",
                           R"("evaluationConfusion":{"cells":[{"actual":0,"predicted":0,"trials":"3"},)"})
    EXPECT_NE(json.find(part), std::string::npos) << part;
  LentLists lists;
  EXPECT_FALSE(result_message(result, lists).runs(1).has_accuracy());
  EXPECT_TRUE(result_message(result, lists).runs(0).has_accuracy());
}

TEST_F(ResultFiles, ReplaceThoseThatAreThereAndNothingElse) {
  std::ofstream(folder_ / "losses.csv") << "old";
  std::ofstream(folder_ / "mine.txt") << "mine";
  write_result(sample_result(), folder_);
  EXPECT_EQ(text("losses.csv"), csv(sample_result(), write_losses_csv));
  EXPECT_EQ(text("mine.txt"), "mine");
}

TEST_F(ResultFiles, ManyWeightsGoToFilesOfTheirOwn) {
  RunResult result = sample_result();
  DenseMatrix large{1000, 1001, std::vector<double>(1001000, 0.0)};
  large.values[1] = 2.5;
  result.outcomes[0].rule = "../b";
  result.outcomes[0].weights[0].matrix = large;
  write_result(result, folder_);
  EXPECT_EQ(files(), (std::vector<std::string>{"ledger.csv", "losses.csv", "report.html", "result.binpb", "result.json",
                                               "weights/%2E.%2Fb/A.blocks", "weights/%2E.%2Fb/W.npy",
                                               "weights/rflo/A.blocks", "weights/rflo/W.npy"}));
  v1::Result binary;
  ASSERT_TRUE(binary.ParseFromString(text("result.binpb")));
  EXPECT_EQ(binary.runs(0).weights(0).file(), "weights/%2E.%2Fb/W.npy");
  EXPECT_EQ(binary.runs(1).weights(1).file(), "weights/rflo/A.blocks");
  EXPECT_FALSE(binary.runs(0).weights(0).has_matrix());
  const std::string npy = text("weights/%2E.%2Fb/W.npy");
  EXPECT_EQ(npy.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_NE(npy.find("'descr': '<f8', 'fortran_order': False, 'shape': (1000, 1001)"), std::string::npos);
  const std::size_t header = npy.size() - 1001000 * sizeof(double);
  EXPECT_EQ(header % 64, 0U);
  EXPECT_EQ(npy[header - 1], '\n');
  double second = 0;
  std::memcpy(&second, npy.data() + header + sizeof(double), sizeof second);
  EXPECT_EQ(second, 2.5);
}

TEST_F(ResultFiles, AMillionWeightsStayInTheResult) {
  RunResult result = sample_result();
  result.outcomes.resize(1);
  result.outcomes[0].weights = {{"W", DenseMatrix{1000, 1000, std::vector<double>(1'000'000, 0.0)}}};
  write_result(result, folder_);
  EXPECT_FALSE(fs::exists(folder_ / "weights"));
}

TEST_F(ResultFiles, AFolderThatCannotBeWrittenIsFoundBeforeTheRun) {
  std::ofstream(folder_ / "file") << "";
  EXPECT_THROW(prepare_folder(folder_ / "file"), FileError);
  EXPECT_THROW(prepare_folder(folder_ / "file" / "below"), FileError);
  EXPECT_THROW(prepare_folder("/proc/locus"), FileError);
  prepare_folder(folder_ / "made" / "below");
  EXPECT_TRUE(fs::is_empty(folder_ / "made" / "below"));  // the trial file is gone
}

/// Root may write everywhere, so a test of a forbidden path takes another user's identity during
/// its life.
class Nobody {
 public:
  Nobody() : was_(::geteuid()) {
    if (was_ == 0) {
      EXPECT_EQ(::seteuid(65534), 0);
    }
  }
  ~Nobody() {
    if (was_ == 0) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }

 private:
  ::uid_t was_;
};

TEST_F(ResultFiles, AreWholeOrAsTheyWere) {
  write_result(sample_result(), folder_);
  const std::string before = text("result.json");
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  RunResult other = sample_result();
  other.model = "other";
  {
    const Nobody nobody;
    EXPECT_THROW(prepare_folder(folder_), FileError);
    EXPECT_THROW(write_result(other, folder_), FileError);
  }
  EXPECT_EQ(text("result.json"), before);
  EXPECT_EQ(files().size(), 5U);
}

TEST_F(ResultFiles, AFolderThatVanishedIsMadeAgain) {
  fs::remove(folder_);
  write_result(sample_result(), folder_);
  EXPECT_EQ(files().size(), 5U);
}

TEST_F(ResultFiles, LeaveNoPartWhereATargetCannotBeReplaced) {
  fs::create_directories(folder_ / "result.json" / "in the way");
  EXPECT_THROW(write_result(sample_result(), folder_), FileError);
  for (const std::string& name : files()) {
    EXPECT_TRUE(name == "losses.csv" || name == "ledger.csv" || name == "report.html" || name == "result.binpb") << name;
  }
}

TEST(FileName, KeepsWhatAFileSystemTakesAndStaysDifferent) {
  EXPECT_EQ(file_name("tbptt:4:2"), "tbptt:4:2");
  EXPECT_EQ(file_name(".."), "%2E.");
  EXPECT_EQ(file_name("a/b"), "a%2Fb");
  EXPECT_EQ(file_name("a%2Fb"), "a%252Fb");
  const std::string one = file_name(std::string(500, 'a') + "1");
  const std::string two = file_name(std::string(500, 'a') + "2");
  EXPECT_LE(one.size(), 200U);
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace locus
