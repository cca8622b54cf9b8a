// contracts/support-partner.md §4.6, acceptance A21: the table of origins.
#include <doctest/doctest.h>

#include "registry/access.h"

namespace guildhall::registry {
namespace {

struct OriginRow {
  std::string domain;
  std::string origin;
  bool is_allowed;
};

const std::vector<OriginRow> kOriginRows{
    // Exact hosts, https and the default port.
    {"example.com", "https://example.com", true},
    {"example.com", "https://example.com:443", true},
    {"example.com", "https://EXAMPLE.com", true},
    {"Example.COM", "https://example.com", true},
    {"example.com", "http://example.com", false},
    {"example.com", "http://example.com:443", false},
    {"example.com", "https://example.com:8443", false},
    {"example.com", "https://www.example.com", false},
    {"www.example.com", "https://example.com", false},
    {"shop-1.example.co.uk", "https://shop-1.example.co.uk", true},
    {"intranet", "https://intranet", true},
    {"intranet", "http://intranet", false},
    // Ports.
    {"example.com:8443", "https://example.com:8443", true},
    {"example.com:8443", "https://example.com", false},
    {"example.com:8443", "http://example.com:8443", false},
    {"example.com:443", "https://example.com", true},
    {"example.com", "https://example.com:", false},
    {"example.com", "https://example.com:0443", false},
    {"example.com", "https://example.com:65536", false},
    {"example.com", "https://example.com:-443", false},
    // Suffix and prefix tricks.
    {"example.com", "https://example.com.evil.com", false},
    {"example.com", "https://evilexample.com", false},
    {"example.com", "https://evil-example.com", false},
    {"example.com", "https://example.com-evil.com", false},
    {"example.com", "https://example.comevil", false},
    {"example.com", "https://example.co", false},
    {"example.com", "https://xample.com", false},
    // One level under a wildcard.
    {"*.example.com", "https://shop.example.com", true},
    {"*.example.com", "https://example.com", false},
    {"*.example.com", "https://a.shop.example.com", false},
    {"*.example.com", "https://evilexample.com", false},
    {"*.example.com", "https://.example.com", false},
    {"*.example.com", "http://shop.example.com", false},
    {"*.example.com", "https://shop.example.com.evil.com", false},
    {"*.example.com:8443", "https://shop.example.com:8443", true},
    {"*.com", "https://example.com", false},
    {"*", "https://example.com", false},
    // The own machine, in the clear and on any port.
    {"localhost", "http://localhost", true},
    {"localhost", "http://localhost:3000", true},
    {"localhost", "https://localhost:8443", true},
    {"localhost", "http://localhost.evil.com", false},
    {"localhost", "http://evil.localhost", false},
    {"localhost", "http://127.0.0.1:3000", false},
    {"127.0.0.1", "http://127.0.0.1:3000", true},
    {"[::1]", "http://[::1]:3000", true},
    {"[::1]", "http://[0:0:0:0:0:0:0:1]:3000", true},
    {"localhost:3000", "http://localhost:3000", true},
    {"localhost:3000", "http://localhost:3001", false},
    // Names in other scripts.
    {"bücher.example", "https://xn--bcher-kva.example", true},
    {"BÜCHER.example", "https://xn--bcher-kva.example", true},
    {"xn--bcher-kva.example", "https://xn--bcher-kva.example", true},
    {"bücher.example", "https://bücher.example", false},
    {"example.com", "https://ехample.com", false},
    {"example.com", "https://xn--xample-2of.com", false},
    // Not an origin.
    {"example.com", "", false},
    {"example.com", "null", false},
    {"null", "null", false},
    {"example.com", "https://example.com.", false},
    {"example.com.", "https://example.com.", false},
    {"example.com", "https://example.com@evil.com", false},
    {"example.com", "https://evil.com@example.com", false},
    {"example.com", "https://user:pw@example.com", false},
    {"example.com", "https://example.com/", false},
    {"example.com", "https://example.com/path", false},
    {"example.com", "https://example.com?x", false},
    {"example.com", "https://example.com#x", false},
    {"example.com", "https://example.com https://evil.com", false},
    {"example.com", " https://example.com", false},
    {"example.com", "https://example.com\t", false},
    {"example.com", "https:/example.com", false},
    {"example.com", "https:example.com", false},
    {"example.com", "//example.com", false},
    {"example.com", "example.com", false},
    {"example.com", "ftp://example.com", false},
    {"example.com", "javascript://example.com", false},
    {"example.com", "https://example.com\\@evil.com", false},
    {"example.com", "https://example..com", false},
    {"example.com", std::string("https://example.com\0.evil.com", 29), false},
    {"example.com", "https://%65xample.com", false},
    // Addresses are hosts as well, written in one way.
    {"192.0.2.7", "https://192.0.2.7", true},
    {"192.0.2.7", "http://192.0.2.7", false},
    {"192.0.2.7", "https://192.0.2.007", false},
    {"*.0.2.7", "https://192.0.2.7", false},
    {"[2001:db8::1]", "https://[2001:DB8:0::1]", true},
    {"[2001:db8::1]", "https://[2001:db8::2]", false},
    {"[2001:db8::1]", "https://2001:db8::1", false},
};

TEST_CASE("the table of origins: nothing accepted wrongly, nothing refused wrongly") {
  CHECK(kOriginRows.size() >= 60);
  for (const OriginRow& row : kOriginRows) {
    CAPTURE(row.domain);
    CAPTURE(row.origin);
    CHECK(is_origin_allowed({row.domain}, row.origin) == row.is_allowed);
  }
}

TEST_CASE("an empty list allows nothing, one match among many is enough") {
  CHECK(!is_origin_allowed({}, "https://example.com"));
  CHECK(!is_origin_allowed({}, "http://localhost"));
  CHECK(is_origin_allowed({"a.example", "*.example.com", "localhost"}, "https://shop.example.com"));
  CHECK(is_origin_allowed({"bad host", "", "example.com"}, "https://example.com"));
}

}  // namespace
}  // namespace guildhall::registry
