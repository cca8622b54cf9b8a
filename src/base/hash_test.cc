// Digests against published vectors, encodings there and back.
#include "base/hash.h"

#include <doctest/doctest.h>

#include <set>

using namespace guildhall;

TEST_CASE("SHA-256 and HMAC match FIPS 180-4 and RFC 4231") {
  CHECK(to_hex(bytes_of(sha256(""))) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(bytes_of(sha256("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(bytes_of(hmac_sha256(std::string(20, '\x0b'), "Hi There"))) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(bytes_of(hmac_sha256("Jefe", "what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(bytes_of(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(to_hex(bytes_of(hmac_sha256("", ""))) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("hexadecimal goes there and back and refuses the rest") {
  CHECK(to_hex(std::string_view("\x00\xff\x10", 3)) == "00ff10");
  CHECK(from_hex("00FF10") == std::string("\x00\xff\x10", 3));
  CHECK(from_hex("") == "");
  for (const char* bad : {"0", "0g", "00 ", "0x00", "00:11"}) CHECK_FALSE(from_hex(bad));
}

TEST_CASE("base64 matches RFC 4648 §10 and refuses the rest") {
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : rows) {
    CHECK(to_base64(plain) == encoded);
    CHECK(from_base64(encoded) == plain);
  }
  CHECK(to_base64url("\xfb\xff\xfe") == "-__-");
  CHECK(to_base64url("f") == "Zg");
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Zg===", "Z", "Zm9v\n", "-__-", "Zm 9v", "===="}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad));
  }
}

TEST_CASE("random bytes have the length asked for and do not repeat") {
  CHECK(random_bytes(0).empty());
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) CHECK(seen.insert(random_bytes(16)).second);
  CHECK(random_bytes(1000).size() == 1000);
}

TEST_CASE("comparison in constant time compares") {
  CHECK(equal_constant_time("secret", "secret"));
  CHECK(equal_constant_time("", ""));
  CHECK_FALSE(equal_constant_time("secret", "secreT"));
  CHECK_FALSE(equal_constant_time("secret", "secret1"));
  CHECK_FALSE(equal_constant_time("", "a"));
}

TEST_CASE("mix64 is stable and spreads neighbours over buckets") {
  CHECK(mix64("") == mix64(""));
  CHECK(mix64("a") != mix64("b"));
  int buckets[16] = {};
  for (int i = 0; i < 16000; ++i) ++buckets[mix64("key-" + std::to_string(i)) >> 60];
  for (const int count : buckets) {
    CHECK(count > 800);
    CHECK(count < 1200);
  }
}
