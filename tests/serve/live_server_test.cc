// The live server: its decisions about requests, the arrival of updates, and the costs of browsers
// that do not read or that send nonsense (there are none).
#include "sim/serve/live_server.h"

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "sim/serve/request.h"

namespace locus {
namespace {

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";

RequestHead good_page() {
  return {.method = "GET", .target = "/0123456789abcdef0123456789abcdef/", .host = "127.0.0.1:80", .origin = {}};
}
RequestHead good_socket() {
  return {.method = "GET",
          .target = "/0123456789abcdef0123456789abcdef/live",
          .host = "localhost:80",
          .origin = "http://localhost:80",
          .upgrade = true};
}

TEST(Request, IsAnsweredOnlyWithTokenHostAndOrigin) {
  EXPECT_EQ(reply_to(good_page(), 80, kToken), Reply::kPage);
  EXPECT_EQ(reply_to(good_socket(), 80, kToken), Reply::kSocket);
  struct Case {
    std::string_view what;
    void (*change)(RequestHead&);
    Reply page, socket;
  };
  const Case cases[] = {
      {"a wrong token",
       [](RequestHead& h) {
         h.target = h.target.size() > 34 ? "/1123456789abcdef0123456789abcdef/live" : "/1123456789abcdef0123456789abcdef/";
       },
       Reply::kNotFound, Reply::kNotFound},
      {"no token", [](RequestHead& h) { h.target = h.upgrade ? "/live" : "/"; }, Reply::kNotFound, Reply::kNotFound},
      {"a foreign host", [](RequestHead& h) { h.host = "evil.example:80"; }, Reply::kForbidden, Reply::kForbidden},
      {"another port", [](RequestHead& h) { h.host = "127.0.0.1:81"; }, Reply::kForbidden, Reply::kForbidden},
      {"no host", [](RequestHead& h) { h.host = {}; }, Reply::kForbidden, Reply::kForbidden},
      {"a foreign origin", [](RequestHead& h) { h.origin = "http://evil.example:80"; }, Reply::kPage, Reply::kForbidden},
      {"an origin that begins as ours", [](RequestHead& h) { h.origin = "http://localhost:80.evil.example"; },
       Reply::kPage, Reply::kForbidden},
      {"no origin", [](RequestHead& h) { h.origin = {}; }, Reply::kPage, Reply::kForbidden},
      {"writing", [](RequestHead& h) { h.method = "POST"; }, Reply::kMethodNotAllowed, Reply::kMethodNotAllowed},
      {"the other kind", [](RequestHead& h) { h.upgrade = !h.upgrade; }, Reply::kNotFound, Reply::kNotFound},
  };
  for (const Case& one : cases) {
    RequestHead page = good_page();
    RequestHead socket = good_socket();
    one.change(page);
    one.change(socket);
    EXPECT_EQ(reply_to(page, 80, kToken), one.page) << one.what;
    EXPECT_EQ(reply_to(socket, 80, kToken), one.socket) << one.what;
  }
}

TEST(Request, OfAServerElsewhereHasItsAddressOrAtAllAddressesOneName) {
  const auto page = [](std::string_view said, std::string_view host) {
    RequestHead head = good_page();
    head.host = said;
    return reply_to(head, 80, kToken, host);
  };
  EXPECT_EQ(page("192.168.1.5:80", "192.168.1.5"), Reply::kPage);
  EXPECT_EQ(page("[::1]:80", "[::1]"), Reply::kPage);
  EXPECT_EQ(page("localhost:80", "192.168.1.5"), Reply::kForbidden);
  EXPECT_EQ(page("evil.example:80", "192.168.1.5"), Reply::kForbidden);
  EXPECT_EQ(page("cluster-7:80", ""), Reply::kPage);
  EXPECT_EQ(page("cluster-7:81", ""), Reply::kForbidden);
  const auto socket = [](std::string_view said, std::string_view origin, std::string_view host) {
    RequestHead head = good_socket();
    head.host = said;
    head.origin = origin;
    return reply_to(head, 80, kToken, host);
  };
  EXPECT_EQ(socket("192.168.1.5:80", "http://192.168.1.5:80", "192.168.1.5"), Reply::kSocket);
  EXPECT_EQ(socket("192.168.1.5:80", "http://evil.example:80", "192.168.1.5"), Reply::kForbidden);
  EXPECT_EQ(socket("cluster-7:80", "http://cluster-7:80", ""), Reply::kSocket);
  EXPECT_EQ(socket("cluster-7:80", "http://evil.example:80", ""), Reply::kForbidden) << "a page of another name";
  EXPECT_EQ(socket("cluster-7:80", "", ""), Reply::kForbidden);
}

TEST(Request, TokensAreLongAndDiffer) {
  EXPECT_EQ(random_token().size(), 32U);
  EXPECT_NE(random_token(), random_token());
}

/// A client that sends exactly the given bytes.
class Client {
 public:
  /// `before`: called between the making of the socket and its connection.
  explicit Client(
      std::uint16_t port, const std::function<void()>& before = [] {})
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience = {.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    before();
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void say(std::string_view text) { (void)::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  void end() { ::shutdown(socket_, SHUT_WR); }
  /// Everything until the server closes the connection, or until it contains `enough`.
  std::string hear(std::string_view enough = {}) {
    char bytes[4096];
    while (enough.empty() || heard_.find(enough) == std::string::npos) {
      const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
      if (count <= 0) break;
      heard_.append(bytes, static_cast<std::size_t>(count));
    }
    return heard_;
  }

 private:
  int socket_;
  std::string heard_;
};

class Live : public testing::Test {
 protected:
  explicit Live(std::chrono::milliseconds patience = LiveServer::kPatience) : server_(0, "the page", patience) {}
  std::string token() const {
    const std::string url = server_.url();
    return url.substr(url.size() - 33, 32);
  }
  std::string head(const std::string& target, const std::string& more = {}) const {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server_.port()) + "\r\n" + more + "\r\n";
  }
  std::string upgrade() const {
    return head(
        "/" + token() + "/live",
        "Origin: http://127.0.0.1:" + std::to_string(server_.port()) +
            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");
  }
  std::string answer(const std::string& request) const {
    Client client(server_.port());
    client.say(request);
    return client.hear();
  }
  void publish_when_wanted(const std::string& json) {
    while (!server_.wanted()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    server_.publish(json);
  }

  LiveServer server_;
};

TEST_F(Live, ThreadServesThePageToWhoKnowsItsAddress) {
  const std::string page = answer(head("/" + token() + "/"));
  EXPECT_TRUE(page.starts_with("HTTP/1.1 200 OK\r\n")) << page;
  EXPECT_TRUE(page.ends_with("\r\n\r\nthe page")) << page;
  EXPECT_TRUE(answer(head("/")).starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(answer("GET /" + token() + "/ HTTP/1.1\r\nHost: evil.example\r\n\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(answer("POST /" + token() + "/ HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server_.port()) + "\r\n\r\n")
                  .starts_with("HTTP/1.1 405"));
}

TEST_F(Live, ThreadSendsWhatIsPublished) {
  EXPECT_FALSE(server_.wanted());  // there is no browser
  Client client(server_.port());
  client.say(upgrade());
  const std::string accepted = client.hear("\r\n\r\n");
  EXPECT_TRUE(accepted.starts_with("HTTP/1.1 101")) << accepted;
  // RFC 6455, section 1.3
  EXPECT_NE(accepted.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  publish_when_wanted("{\"first\":1}");
  EXPECT_NE(client.hear("{\"first\":1}").find("\x81\x0b{\"first\":1}"), std::string::npos);
  publish_when_wanted("{\"second\":2}");
  EXPECT_NE(client.hear("{\"second\":2}").find("{\"second\":2}"), std::string::npos);
}

TEST_F(Live, ThreadLetsWhoDoesNotReadWaitAndAsksForNothing) {
  Client deaf(server_.port());
  deaf.say(upgrade());
  deaf.hear("\r\n\r\n");
  const std::string large(64U << 20U, 'x');  // more than the system buffers
  publish_when_wanted(large);
  // longer than the time between two snapshots
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_FALSE(server_.wanted());  // the run then makes none
  // other browsers are served
  EXPECT_TRUE(answer(head("/" + token() + "/")).ends_with("the page"));
}

TEST_F(Live, ThreadRefusesLargeFramesAndTooManyBrowsers) {
  Client client(server_.port());
  client.say(upgrade());
  client.hear("\r\n\r\n");
  std::string frame = "\x82\xfe\x10\x01....";  // 4097 bytes to come, masked
  client.say(frame + std::string(4097, 'a'));
  const std::string end = client.hear();
  EXPECT_NE(end.find("\x88\x02\x03\xf1"), std::string::npos);  // close, 1009: message too big
  std::vector<std::unique_ptr<Client>> many;
  for (int i = 0; i < LiveServer::kMostBrowsers; ++i) {
    many.push_back(std::make_unique<Client>(server_.port()));
    many.back()->say(upgrade());
    EXPECT_TRUE(many.back()->hear("\r\n\r\n").starts_with("HTTP/1.1 101"));
  }
  EXPECT_TRUE(answer(upgrade()).starts_with("HTTP/1.1 503"));
}

/// A server with a time limit that ends within a test.
class Impatient : public Live {
 protected:
  Impatient() : Live(std::chrono::milliseconds(300)) {}
  static constexpr std::string_view kPing{"\x89\x00", 2};
  static constexpr std::string_view kPong{"\x8a\x80....", 6};
};

TEST_F(Impatient, ThreadKeepsABrowserThatAnswersPings) {
  Client client(server_.port());
  client.say(upgrade());
  client.hear("\r\n\r\n");
  std::string pings;
  for (int i = 0; i < 6; ++i) {  // one in every half of the time limit
    pings += kPing;
    ASSERT_NE(client.hear(pings).find(pings), std::string::npos) << i;
    client.say(kPong);
  }
  publish_when_wanted("{\"late\":1}");
  EXPECT_NE(client.hear("{\"late\":1}").find("{\"late\":1}"), std::string::npos);
}

TEST_F(Impatient, ThreadLetsWhoAnswersNoPingGo) {
  Client client(server_.port());
  client.say(upgrade());
  client.hear("\r\n\r\n");
  EXPECT_NE(client.hear().find(kPing), std::string::npos);  // to the end, which the server causes
  Client other(server_.port());
  other.say(head("/" + token() + "/"));
  EXPECT_TRUE(other.hear().ends_with("the page"));
}

TEST_F(Live, ThreadOutlivesNonsense) {
  std::mt19937 random(7);  // the same nonsense every time
  const std::string heads[] = {head("/" + token() + "/"), upgrade(),
                               head("/" + token() + "/", "X: " + std::string(20000, 'y') + "\r\n")};
  for (int round = 0; round < 600; ++round) {
    std::string bytes = heads[random() % 3];
    for (auto edits = random() % 6; edits > 0; --edits) {
      const std::size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0: bytes[at] = static_cast<char>(random() % 256); break;
        case 1: bytes.erase(at, 1 + random() % 9); break;
        default: bytes.insert(at, 1 + random() % 9, static_cast<char>(random() % 256));
      }
      if (bytes.empty()) bytes = "G";
    }
    Client client(server_.port());
    client.say(bytes);
    client.end();
  }
  EXPECT_TRUE(answer(head("/" + token() + "/")).ends_with("the page"));
}

TEST_F(Live, ThreadServesABrowserAmongManyWhoSayNothing) {
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 40; ++i) silent.push_back(std::make_unique<Client>(server_.port()));
  EXPECT_TRUE(answer(head("/" + token() + "/")).ends_with("the page"));
  Client browser(server_.port());
  browser.say(upgrade());
  EXPECT_TRUE(browser.hear("\r\n\r\n").starts_with("HTTP/1.1 101"));
  for (int i = 0; i < 40; ++i) silent.push_back(std::make_unique<Client>(server_.port()));
  publish_when_wanted("{\"first\":1}");
  EXPECT_NE(browser.hear("{\"first\":1}").find("{\"first\":1}"), std::string::npos) << "it stays";
}

TEST_F(Live, ThreadLetsWhoSaysNothingGoSoon) {
  const auto begin = std::chrono::steady_clock::now();
  Client client(server_.port());
  EXPECT_EQ(client.hear(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

std::chrono::microseconds computing_time() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

TEST_F(Live, ThreadSleepsWhileThereAreNoDescriptors) {
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const std::chrono::microseconds begin = computing_time();
  std::optional<Client> client;
  client.emplace(server_.port(), [&] {
    const rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const std::chrono::microseconds took = computing_time() - begin;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_LT(took, std::chrono::milliseconds(300)) << "it tries again and again";
  client->say(head("/" + token() + "/"));
  EXPECT_TRUE(client->hear().ends_with("the page")) << "it goes on when there are some";
}

TEST_F(Live, AThreadHoldsItsPortAlone) { EXPECT_THROW(LiveServer(server_.port(), ""), std::system_error); }

}  // namespace
}  // namespace locus
