// The outbound gate through the server (contracts/identity-and-security.md §14): an order whose callback leads inward is refused,
// and nothing is connected to.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

#include "base/text.h"
#include "database_view.h"
#include "support/server_process.h"
#include "world.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

/// Listens on every loopback address and never accepts: whoever connects stays in its queue and is counted.
class Canary {
 public:
  Canary() : socket_(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    REQUIRE(socket_ >= 0);
    const int both_families = 0;
    setsockopt(socket_, IPPROTO_IPV6, IPV6_V6ONLY, &both_families, sizeof both_families);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_any;
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(socket_, 16) == 0);
    socklen_t size = sizeof address;
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin6_port);
  }
  ~Canary() { close(socket_); }
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;
  std::string port() const { return std::to_string(port_); }
  int connections() {
    while (true) {
      const int visitor = accept(socket_, nullptr, nullptr);
      if (visitor < 0) return count_;
      close(visitor);
      ++count_;
    }
  }

 private:
  int socket_;
  std::uint16_t port_ = 0;
  int count_ = 0;
};

// One row or more of each class of §14. {P} is the canary's port.
const std::vector<std::string> kInward = {"http://127.0.0.1:{P}/",
                                          "http://127.0.0.1/",
                                          "https://127.0.0.1/",
                                          "http://localhost:{P}/",
                                          "http://localhost/",
                                          "http://LOCALHOST/",
                                          "http://localhost./",
                                          "http://2130706433/",
                                          "http://017700000001/",
                                          "http://0x7f000001/",
                                          "http://0x7f.0.0.1/",
                                          "http://0177.0.0.1/",
                                          "http://127.1/",
                                          "http://127.0.1/",
                                          "http://0/",
                                          "http://0.0.0.0:{P}/",
                                          "http://[::1]:{P}/",
                                          "http://[::]/",
                                          "http://[::ffff:127.0.0.1]:{P}/",
                                          "http://[::ffff:7f00:1]/",
                                          "http://[::127.0.0.1]/",
                                          "http://[64:ff9b::7f00:1]/",
                                          "http://[2002:7f00:1::]/",
                                          "http://[fe80::1]/",
                                          "http://[fc00::1]/",
                                          "http://[fd00:ec2::254]/",
                                          "http://[ff02::1]/",
                                          "http://[2001:db8::1]/",
                                          "http://[::1%25lo]/",
                                          "http://10.0.0.1/",
                                          "http://172.16.0.1/",
                                          "http://192.168.1.1/",
                                          "http://169.254.169.254/latest/meta-data/",
                                          "http://100.64.0.1/",
                                          "http://192.0.0.1/",
                                          "http://192.0.2.1/",
                                          "http://198.18.0.1/",
                                          "http://198.51.100.1/",
                                          "http://203.0.113.1/",
                                          "http://224.0.0.1/",
                                          "http://240.0.0.1/",
                                          "http://255.255.255.255/",
                                          "http://user@127.0.0.1/",
                                          "http://user:word@127.0.0.1:{P}/",
                                          "http://8.8.8.8@127.0.0.1:{P}/",
                                          "http://127.0.0.1:{P}#@8.8.8.8/",
                                          "http://127.0.0.1:{P}\\@8.8.8.8/",
                                          "http:///127.0.0.1/",
                                          "http:127.0.0.1",
                                          "//127.0.0.1:{P}/",
                                          "http://8.8.8.8\\.127.0.0.1/",
                                          "http://127.0.0.1%2f8.8.8.8/",
                                          "http://127。0。0。1/",
                                          "http://①②⑦.0.0.1/",
                                          "http://%31%32%37.0.0.1/",
                                          "http://exa mple.com/",
                                          "http://8.8.8.8/\r\nX-Injected: 1",
                                          " http://127.0.0.1:{P}/",
                                          "http://\t127.0.0.1/",
                                          "file:///etc/passwd",
                                          "gopher://127.0.0.1:{P}/_",
                                          "ftp://127.0.0.1:{P}/",
                                          "dict://127.0.0.1:{P}/",
                                          "ldap://127.0.0.1/",
                                          "javascript:alert(1)",
                                          "data:text/plain,x",
                                          "unix:///var/run/x",
                                          "ws://127.0.0.1:{P}/",
                                          "http://8.8.8.8:22/",
                                          "http://8.8.8.8:25/",
                                          "http://8.8.8.8:6379/",
                                          "http://8.8.8.8:{P}/",
                                          "http://8.8.8.8:0/",
                                          "http://8.8.8.8:65536/",
                                          "http://8.8.8.8:080/",
                                          "not a url",
                                          "http://",
                                          "://"};

json::Object order_with(const Seller& seller, const Buyer& buyer, const std::string& callback) {
  return {{"offering", seller.offering}, {"project", buyer.project},
          {"plan", seller.plans.at(0)},  {"accepting_terms_of_service", true},
          {"callback_url", callback},    {"attributes", json::Object{{"name", "with a callback"}}}};
}

void order_inward(const Place& place) {
  Canary canary;
  Canary allowed;
  ServerProcess server(place.data, place.database_url, {{"GUILDHALL_OUTBOUND_ALLOW", "127.0.0.1:" + allowed.port()}});
  server.start();
  Wire wire(server.port());
  SellerWish wish = seller_named("seller");
  wish.flow = "flows/passthrough.json";
  const Seller seller = make_seller(wire, wish);
  const Buyer buyer = make_buyer(wire, "buyer", seller);
  const auto database = open_view(place);
  const auto orders = count_rows(*database, "SELECT count(*) FROM market_order");
  for (const auto& entry : kInward) {
    const std::string url = replaced(entry, "{P}", canary.port());
    CAPTURE(url);
    const Reply reply =
        wire.send("POST", "/api/marketplace-orders/", bearer(buyer.person.token), json::write(order_with(seller, buyer, url)));
    CHECK_MESSAGE(reply.status == 400, reply.body);
    CHECK_MESSAGE(reply.body.find("callback_url") != std::string::npos, reply.body);
  }
  CHECK(count_rows(*database, "SELECT count(*) FROM market_order") == orders);
  // What the operator allows passes, so it was the destination that was refused.
  ask(wire, "POST", "/api/marketplace-orders/", buyer.person.token,
      order_with(seller, buyer, "http://127.0.0.1:" + allowed.port() + "/hook"), 201);
  wire.close();
  CHECK(server.stop() == 0);
  CHECK(canary.connections() == 0);
  std::printf("%s: %zu destinations refused, %d connections to the canary\n", place.is_sqlite() ? "SQLite" : "PostgreSQL",
              kInward.size(), canary.connections());
}

}  // namespace

TEST_CASE("an order whose callback leads inward is refused and nobody is called") {
  for_each_place(order_inward);
}
