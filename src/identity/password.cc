// Password hashing: argon2id over a peppered digest, with a bounded number of slots (contracts/identity-and-security.md §2).
#include <sodium.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/errors.h"
#include "base/hash.h"
#include "identity/accounts.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

constexpr unsigned long long kOpsLimit = 2;
constexpr std::size_t kMemLimitBytes = 19'922'944;

std::string argon2id(std::string_view input) {
  std::string phc(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(phc.data(), input.data(), input.size(), kOpsLimit, kMemLimitBytes) != 0) {
    throw Refusal(Code::overloaded, "there is no memory to check a password; try again").retry_after(1);
  }
  phc.resize(phc.find('\0'));
  return phc;
}

}  // namespace

/// Counts who computes and who waits. Shared by the copies of one hasher; thread-safe.
struct PasswordHasher::Slots {
  std::mutex mutex;
  std::condition_variable freed;
  unsigned free = 2 * std::max(1U, std::thread::hardware_concurrency());
  unsigned waiting = 0;

  void take() {
    std::unique_lock lock(mutex);
    if (free == 0 && waiting >= kHashingQueueMax) {
      throw Refusal(Code::overloaded, "too many sign-ins at once; try again in a second").retry_after(1);
    }
    ++waiting;
    freed.wait(lock, [this] { return free > 0; });
    --waiting;
    --free;
  }
  void give() {
    const std::lock_guard lock(mutex);
    ++free;
    freed.notify_one();
  }

  /// Holds a slot for the length of one computation.
  struct Held {
    explicit Held(Slots& owner) : slots(owner) { slots.take(); }
    ~Held() { slots.give(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    Slots& slots;
  };
};

PasswordHasher::PasswordHasher(Secret pepper) : pepper_(std::move(pepper)), slots_(std::make_shared<Slots>()) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium has no random source");
  pepper_id_ = to_hex(bytes_of(sha256(pepper_.reveal()))).substr(0, 8);
  nobody_ = hash(Secret(random_bytes(32)));
}

std::string PasswordHasher::peppered(const Secret& password) const {
  return std::string(bytes_of(hmac_sha256(pepper_.reveal(), password.reveal())));
}

std::string PasswordHasher::hash(const Secret& password) const {
  const Slots::Held slot(*slots_);
  return pepper_id_ + argon2id(peppered(password));
}

bool PasswordHasher::verify(std::string_view phc, const Secret& password) const {
  const Slots::Held slot(*slots_);
  const std::size_t dollar = phc.find('$');
  if (dollar == std::string_view::npos || phc.size() - dollar >= crypto_pwhash_STRBYTES) return false;
  const std::string terminated(phc.substr(dollar));
  const std::string input = peppered(password);
  const bool matches = crypto_pwhash_str_verify(terminated.c_str(), input.data(), input.size()) == 0;
  return matches && phc.substr(0, dollar) == pepper_id_;
}

bool PasswordHasher::verify_nobody(const Secret& password) const {
  verify(nobody_, password);
  return false;
}

std::string PasswordHasher::keyed_digest(std::string_view text) const {
  return to_hex(bytes_of(hmac_sha256(pepper_.reveal(), "name:" + std::string(text))));
}

}  // namespace guildhall::identity
