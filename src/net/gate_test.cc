// The gate's corpus (contracts/identity-and-security.md §14): every URL is refused, and nothing is connected to.
#include <doctest/doctest.h>

#include <map>

#include "address.h"
#include "base/errors.h"
#include "base/text.h"
#include "gate.h"
#include "loopback.h"
#include "net/client.h"

using namespace guildhall;
using namespace guildhall::net;

namespace {

using Urls = std::vector<std::string>;

// {P} is the port of a listener on 127.0.0.1 that must never be reached.
const Urls kIpv4Spellings = {
    "http://127.0.0.1/",    "http://127.0.0.1:80/", "https://127.0.0.1/",  "http://127.0.0.1:{P}/", "http://2130706433/",
    "http://017700000001/", "http://0x7f000001/",   "http://0X7F000001/",  "http://0x7f.0.0.1/",    "http://0177.0.0.1/",
    "http://127.1/",        "http://127.0.1/",      "http://0/",           "http://0x0/",           "http://00/",
    "http://127.0.0.01/",   "http://127.0.0.0x1/",  "http://127.0.0.256/", "http://127.0.0.1.1/",   "http://1.2.3/",
    "http://999999999999/", "http://0x/",           "http://3232235777/",  "http://8.8.8.8.0x1/",   "http://08.8.8.8/"};

const Urls kIpv6 = {"http://[::]/",
                    "http://[::1]/",
                    "http://[0:0:0:0:0:0:0:1]/",
                    "http://[::ffff:127.0.0.1]/",
                    "http://[::ffff:7f00:1]/",
                    "http://[::ffff:8.8.8.8]/",
                    "http://[::127.0.0.1]/",
                    "http://[::8.8.8.8]/",
                    "http://[64:ff9b::7f00:1]/",
                    "http://[64:ff9b::8.8.8.8]/",
                    "http://[64:ff9b:1::1]/",
                    "http://[2002:7f00:1::]/",
                    "http://[2002:808:808::1]/",
                    "http://[2001::1]/",
                    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
                    "http://[fe80::1]/",
                    "http://[fe80::1%25eth0]/",
                    "http://[fe80::1%eth0]/",
                    "http://[fc00::1]/",
                    "http://[fd12:3456:789a::1]/",
                    "http://[fec0::1]/",
                    "http://[ff02::1]/",
                    "http://[3fff::1]/",
                    "http://[3fff:fff::1]/",
                    "http://[5f00::1]/",
                    "http://[2001:db8::1]/",
                    "http://[100::1]/",
                    "http://[2001:20::1]/",
                    "http://[::1/",
                    "http://::1/",
                    "http://[127.0.0.1]/",
                    "http://[::1]x/",
                    "http://[::1]:/",
                    "http://[]/",
                    "http://[fd00:ec2::254]/"};

const Urls kReservedIpv4 = {"http://0.0.0.0/",         "http://0.1.2.3/",        "http://10.0.0.1/",
                            "http://10.255.255.255/",  "http://100.64.0.1/",     "http://100.127.255.254/",
                            "http://127.255.255.254/", "http://169.254.0.1/",    "http://169.254.169.254/latest/meta-data/",
                            "http://172.16.0.1/",      "http://172.31.255.254/", "http://192.0.0.8/",
                            "http://192.0.0.170/",     "http://192.88.99.1/",    "http://192.168.0.1/",
                            "http://198.18.0.1/",      "http://198.19.255.254/", "http://192.0.2.1/",
                            "http://198.51.100.1/",    "http://203.0.113.1/",    "http://224.0.0.1/",
                            "http://239.255.255.250/", "http://240.0.0.1/",      "http://255.255.255.255/",
                            "http://100.100.100.200/"};

const Urls kNames = {"http://localhost/",
                     "http://LOCALHOST/",
                     "http://localhost:{P}/",
                     "http://localhost./",
                     "http://a.localhost/",
                     "http://localhost.localdomain/",
                     "http://localtest.example/",
                     "http://metadata/",
                     "http://metadata.google.internal/",
                     "http://instance-data/",
                     "http://router.lan/",
                     "http://printer.local/",
                     "http://nas.home.arpa/",
                     "http://intranet/",
                     "http://public.example./",
                     "http://127.0.0.1.",
                     "http://127\xe3\x80\x82"
                     "0\xe3\x80\x82"
                     "0\xe3\x80\x82"
                     "1/",
                     "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/",
                     "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/",
                     "http://loc\xc3\xa4lhost/",
                     "http://mixed.example/",
                     "http://cname-inward.example/",
                     "http://aaaa-inward.example/",
                     "http://v6-mixed.example/",
                     "http://mapped.example/",
                     "http://metadata.example/",
                     "http://rebinding.example/",
                     "http://public..example/",
                     "http://.public.example/",
                     "http://1.0.0.127.in-addr.arpa/"};

const Urls kParserTricks = {"http://user@public.example/",
                            "http://user:pass@public.example/",
                            "http://public.example@127.0.0.1/",
                            "http://127.0.0.1@public.example/",
                            "http://public.example@127.0.0.1@public.example/",
                            "http://a@b@127.0.0.1/",
                            "http://@127.0.0.1/",
                            "http://public.example\\@127.0.0.1/",
                            "http://public.example\\.127.0.0.1/",
                            "http:\\\\127.0.0.1\\",
                            "http://127.0.0.1\\.public.example/",
                            "http://127.0.0.1#@public.example/",
                            "http://public.example#@127.0.0.1/",
                            "http://public.example?@127.0.0.1/",
                            "http://127.0.0.1?public.example/",
                            "http://127.0.0.1\t/",
                            "http://127.0.0.1\n/",
                            "http://pub\tlic.example/",
                            "http://public.example\r\n/",
                            " http://public.example/",
                            "http://public.example /",
                            "http://public.example/ a",
                            "http://%31%32%37.0.0.1/",
                            "http://%6cocalhost/",
                            "http://127.0.0.1%2f@public.example/",
                            "http://public.example%00.127.0.0.1/",
                            "http://public.example%2523@127.0.0.1/",
                            "http:127.0.0.1/",
                            "http:/127.0.0.1/",
                            "http:///127.0.0.1/",
                            "//127.0.0.1/",
                            "127.0.0.1",
                            "http://",
                            "http:///",
                            "http://?",
                            "",
                            "http://public.example:80:80/",
                            "http://public.example:80@127.0.0.1/",
                            "http://pub<lic.example/",
                            "http://public.example\x7f/",
                            "http://public.example;127.0.0.1/",
                            "http://public.example,127.0.0.1/",
                            "http://*/",
                            "http://$HOME/",
                            "http://public.example'/"};

const Urls kSchemesAndPorts = {"file:///etc/passwd",
                               "file://localhost/etc/passwd",
                               "gopher://127.0.0.1:6379/_INFO",
                               "ftp://public.example/",
                               "data:text/plain,x",
                               "dict://127.0.0.1:11211/",
                               "ldap://127.0.0.1/",
                               "javascript:alert(1)",
                               "jar:http://public.example!/",
                               "netdoc:///etc/passwd",
                               "tftp://public.example/",
                               "smb://public.example/",
                               "ws://public.example/",
                               "httpx://public.example/",
                               "http+unix://%2fvar%2frun/",
                               "http://public.example:22/",
                               "http://public.example:25/",
                               "http://public.example:6379/",
                               "http://public.example:8080/",
                               "https://public.example:80/",
                               "http://public.example:443/",
                               "http://public.example:0/",
                               "http://public.example:65536/",
                               "http://public.example:/",
                               "http://public.example:8O/",
                               "http://public.example:+80/",
                               "http://public.example:080/",
                               "http://public.example:-1/",
                               "http://public.example:99999999999999999999/",
                               "http://public.example:80.0/"};

std::vector<std::string> corpus_answers(const std::string& host) {
  static int asked = 0;
  static const std::map<std::string, std::vector<std::string>> kAnswers = {
      {"public.example", {"93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"}},
      {"localtest.example", {"127.0.0.1"}},
      {"mixed.example", {"93.184.216.34", "10.0.0.1"}},
      {"cname-inward.example", {"192.168.1.1"}},
      {"aaaa-inward.example", {"93.184.216.34", "fd00::1"}},
      {"v6-mixed.example", {"2606:2800:220:1:248:1893:25c8:1946", "::1"}},
      {"mapped.example", {"::ffff:10.0.0.1"}},
      {"metadata.example", {"169.254.169.254"}},
  };
  // Answers in public to the first question, inward to every later one.
  if (host == "rebinding.example")
    return asked++ == 0 ? std::vector<std::string>{"93.184.216.34"} : std::vector<std::string>{"127.0.0.1"};
  const auto known = kAnswers.find(host);
  return known == kAnswers.end() ? std::vector<std::string>{"127.0.0.1"} : known->second;
}

std::size_t check_refused(const Urls& urls) {
  loopback::ScriptedServer canary([](int) {});
  ClientOptions options;
  options.resolve = corpus_answers;
  Client client(options);
  for (const auto& entry : urls) {
    const auto url = replaced(entry, "{P}", std::to_string(canary.port));
    CAPTURE(url);
    for (const bool is_fetch : {false, true}) {
      // Rebinding passes the check of a save; it is the fetch that must not believe it.
      if (url.find("rebinding") != url.npos && !is_fetch) {
        CHECK_NOTHROW(client.check(url));
        continue;
      }
      try {
        OutboundRequest request;
        request.url = url;
        if (is_fetch)
          client.fetch(request);
        else
          client.check(url);
        FAIL_CHECK("let through");
      } catch (const OutboundError& error) {
        CHECK(error.failure == OutboundFailure::destination_refused);
        CHECK(error.message == "destination_refused: this address may not be contacted");
      }
    }
  }
  CHECK(canary.accepted == 0);
  return urls.size();
}

}  // namespace

TEST_CASE("spellings of IPv4 addresses are refused") {
  check_refused(kIpv4Spellings);
}
TEST_CASE("IPv6 addresses that lead inward are refused") {
  check_refused(kIpv6);
}
TEST_CASE("reserved IPv4 addresses are refused") {
  check_refused(kReservedIpv4);
}
TEST_CASE("names that lead inward are refused") {
  check_refused(kNames);
}
TEST_CASE("URLs that two parsers could read differently are refused") {
  check_refused(kParserTricks);
}
TEST_CASE("other schemes and ports are refused") {
  check_refused(kSchemesAndPorts);
}

TEST_CASE("the corpus has at least 120 URLs") {
  CHECK(kIpv4Spellings.size() + kIpv6.size() + kReservedIpv4.size() + kNames.size() + kParserTricks.size() +
            kSchemesAndPorts.size() >=
        120);
}

TEST_CASE("ordinary URLs pass the gate") {
  ClientOptions options;
  options.resolve = corpus_answers;
  options.allowed = parse_allowed("localhost:11434, 10.0.0.5:25 ,[::1]:8080, model:80");
  Client client(options);
  for (const auto* url : {"http://public.example", "https://public.example/", "HTTPS://Public.Example:443/a?b=c#d",
                          "http://public.example/@user", "http://public.example/a?u=http://127.0.0.1/", "http://8.8.8.8/",
                          "http://[2606:4700:4700::1111]/", "http://public.example/\xc3\xa4", "http://localhost:11434/v1",
                          "http://10.0.0.5:25/", "http://[::1]:8080/", "http://model/"}) {
    CAPTURE(url);
    CHECK_NOTHROW(client.check(url));
  }
  for (const auto* url : {"http://localhost:11435/", "http://10.0.0.5:80/", "http://[::1]/", "http://other/"}) {
    CAPTURE(url);
    CHECK_THROWS_AS(client.check(url), OutboundError);
  }
}

TEST_CASE("a URL that passes is sent as it was checked") {
  const auto url = parse_outbound_url("HTTP://Public.Example/\xc3\xa4?q=[1]#frag");
  CHECK(url.host == "public.example");
  CHECK(url.port == 80);
  CHECK(url.text() == "http://public.example:80/%c3%a4?q=[1]");
  CHECK(parse_outbound_url("https://[2606:4700:4700:0:0:0:0:1111]/x").text() == "https://[2606:4700:4700::1111]:443/x");
}

TEST_CASE("redirect locations are read against their base and judged like any URL") {
  const auto base = parse_outbound_url("https://public.example/a/b?c");
  CHECK(redirected(base, "d").text() == "https://public.example:443/a/d");
  CHECK(redirected(base, "/d?e#f").text() == "https://public.example:443/d?e");
  CHECK(redirected(base, "//8.8.8.8/d").text() == "https://8.8.8.8:443/d");
  CHECK(redirected(base, "?x").text() == "https://public.example:443/a/b?x");
  for (const auto* bad :
       {"", "file:///etc/passwd", "//a@b/", "\\\\127.0.0.1\\", "//127.1/", "http://x y/", "javascript:1", "///127.1/"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(redirected(base, bad), OutboundError);
  }
}

TEST_CASE("the list of allowed destinations is read strictly") {
  const auto allowed = parse_allowed(" Ollama.local:11434,[::1]:80,, 10.0.0.1:25 ");
  REQUIRE(allowed.size() == 3);
  CHECK(allowed[0].host == "ollama.local");
  CHECK(allowed[0].port == 11434);
  CHECK(allowed[1].host == "::1");
  CHECK(parse_allowed("").empty());
  for (const auto* bad : {"host", "host:", ":80", "host:0", "host:65536", "http://host:80", "host:80/x", "a:b:80", "*:x",
                          "[::1:80", "[x]:80", "a b:80"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_allowed(bad), Refusal);
  }
}

TEST_CASE("the edges of the address table") {
  for (const auto* address : {"1.0.0.0",        "9.255.255.255",   "11.0.0.0",
                              "100.63.255.255", "100.128.0.0",     "126.255.255.255",
                              "128.0.0.0",      "169.253.255.255", "169.255.0.0",
                              "172.15.255.255", "172.32.0.0",      "191.255.255.255",
                              "192.0.1.0",      "192.0.3.0",       "192.167.255.255",
                              "192.169.0.0",    "198.17.255.255",  "198.20.0.0",
                              "203.0.112.255",  "203.0.114.0",     "223.255.255.255",
                              "2000::",         "2001:200::",      "2001:db7::1",
                              "2001:db9::1",    "2003::",          "2606:4700:4700::1111",
                              "3ffd::",         "3fff:1000::"}) {
    CAPTURE(address);
    CHECK(is_global_unicast(std::string_view(address)));
  }
  for (const auto* address : {"0.255.255.255",
                              "10.0.0.0",
                              "100.64.0.0",
                              "127.0.0.0",
                              "169.254.255.255",
                              "172.31.255.255",
                              "192.0.0.255",
                              "192.0.2.255",
                              "192.168.255.255",
                              "198.19.255.255",
                              "203.0.113.255",
                              "224.0.0.0",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "1fff::",
                              "2001:1ff::",
                              "2002:ffff::",
                              "2001:db8:ffff::",
                              "3fff:0fff::",
                              "4000::",
                              "5f00::",
                              "fc00::",
                              "ffff::",
                              "",
                              "1.2.3",
                              "nonsense",
                              "1.2.3.4 ",
                              "01.2.3.4"}) {
    CAPTURE(address);
    CHECK_FALSE(is_global_unicast(std::string_view(address)));
  }
}

TEST_CASE("an address lies in the network that is written for it, and in no other") {
  struct Row {
    const char* address;
    const char* network;
    bool lies_in;
  };
  const Row rows[] = {
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.8", false},
      {"192.0.2.7", "192.0.2.0/24", true},
      {"192.0.3.7", "192.0.2.0/24", false},
      {"192.0.2.255", "192.0.2.128/25", true},
      {"192.0.2.127", "192.0.2.128/25", false},
      {"203.0.113.9", "0.0.0.0/0", true},
      {"192.0.2.7", "192.0.2.7/32", true},
      {"192.0.2.7", "192.0.2.0/33", false},
      {"192.0.2.7", "192.0.2.0/", false},
      {"192.0.2.7", "192.0.2.0/-1", false},
      {"192.0.2.7", "", false},
      {"", "192.0.2.0/24", false},
      {"2001:db8::1", "2001:db8::/32", true},
      {"2001:db9::1", "2001:db8::/32", false},
      {"2001:db8::1", "192.0.2.0/0", false},
      {"192.0.2.7", "::/0", false},
      {"192.0.2.7", "192.0.2", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.address);
    CAPTURE(row.network);
    CHECK(is_in_network(row.address, row.network) == row.lies_in);
  }
}
