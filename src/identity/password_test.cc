// Hashing and the password policy.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "common_passwords.h"
#include "identity/accounts.h"
#include "limits.h"

using namespace guildhall;
using namespace guildhall::identity;

TEST_CASE("a password hash is argon2id of 19 MiB and two passes, behind the pepper's id") {
  const PasswordHasher hasher(Secret("a pepper"));
  const std::string hash = hasher.hash(Secret("correct battery staple"));
  CHECK(hash.find("$argon2id$v=19$m=19456,t=2,p=1$") == 8);
  CHECK(hasher.hash(Secret("correct battery staple")) != hash);
  CHECK(hasher.verify(hash, Secret("correct battery staple")));
  CHECK_FALSE(hasher.verify(hash, Secret("correct battery stapl")));
  CHECK_FALSE(hasher.verify(hash, Secret("correct battery staple ")));
}

TEST_CASE("a hash opens under its own pepper only") {
  const std::string hash = PasswordHasher(Secret("one")).hash(Secret("correct battery staple"));
  CHECK_FALSE(PasswordHasher(Secret("two")).verify(hash, Secret("correct battery staple")));
}

TEST_CASE("a malformed hash verifies nothing and an unknown account verifies never") {
  const PasswordHasher hasher(Secret("a pepper"));
  for (const std::string& bad :
       {std::string(), std::string("no-password"), std::string("$"), std::string(500, '$'), std::string("x$argon2id$")}) {
    CHECK_FALSE(hasher.verify(bad, Secret("correct battery staple")));
  }
  CHECK_FALSE(hasher.verify_nobody(Secret("correct battery staple")));
}

TEST_CASE("a password's bytes are taken as received, zero bytes and other alphabets included") {
  const PasswordHasher hasher(Secret("a pepper"));
  const std::string with_zero("abc\0def-ghijkl", 14);
  CHECK(hasher.verify(hasher.hash(Secret(with_zero)), Secret(with_zero)));
  CHECK_FALSE(hasher.verify(hasher.hash(Secret(with_zero)), Secret("abc")));
}

TEST_CASE("more than the waiting places for hashing is refused as overloaded") {
  const PasswordHasher hasher(Secret("a pepper"));
  const unsigned slots = 2 * std::max(1U, std::thread::hardware_concurrency());
  std::atomic<int> hashed = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < slots + kHashingQueueMax + 40; ++i) {
    threads.emplace_back([&] {
      try {
        hasher.hash(Secret("correct battery staple"));
        ++hashed;
      } catch (const Refusal& refusal) {
        if (refusal.code == Code::overloaded && refusal.retry_after_s == 1) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(hashed + refused == static_cast<int>(slots + kHashingQueueMax + 40));
  CHECK(hashed >= static_cast<int>(slots));
  CHECK(hasher.hash(Secret("still works")).size() > 40);
}

TEST_CASE("the password policy refuses what is short, huge, common or the account's own") {
  const NewAccount account{
      .username = "margaret.hamilton", .email = "margaret@apollo-guidance.example", .full_name = "Margaret Heafield Hamilton"};
  struct Row {
    std::string password;
    bool ok;
  };
  const std::vector<Row> rows{
      {"elevenchars", false},
      {"twelve chars", true},
      {"", false},
      {"ééééééééééé", false},
      {"éééééééééééw", true},
      {std::string(1024, 'x') + "y", false},
      {std::string(1000, 'x') + "yzqvbnmrt-unlikely-tail", true},
      {"passwordpassword", false},
      {"PasswordPassword1!", false},
      {"Qwertyuiop2024!!", false},
      {"aaaaaaaaaaaaaaaa", false},
      {"abababababababab", false},
      {"123456789012", false},
      {"CorrectHorseBatteryStaple", false},
      {"margaret.hamilton", false},
      {"Margaret.Hamilton99", false},
      {"margaret@apollo-guidance.example", false},
      {"MargaretHeafieldHamilton", false},
      {"apollo-guidance.example", false},
      {"correct battery stapler", true},
      {"9f3k-quite-unlikely", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.password.substr(0, 40));
    bool ok = true;
    try {
      check_password_policy(Secret(row.password), account);
    } catch (const Refusal& refusal) {
      ok = false;
      CHECK(refusal.code == Code::validation_failed);
      CHECK(refusal.fields.at(0).path == "password");
    }
    CHECK(ok == row.ok);
  }
}

TEST_CASE("a common password is found whole and repeated, and nothing else is") {
  CHECK(is_common_password("letmein"));
  CHECK(is_common_password("letmeinletmein"));
  CHECK_FALSE(is_common_password("letmeinplx"));
  CHECK_FALSE(is_common_password(""));
}
