// Hashes, encodings and random bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guildhall {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
std::string_view bytes_of(const Sha256& digest);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
/// Standard alphabet with padding.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
/// URL alphabet without padding (RFC 4648 §5).
std::string to_base64url(std::string_view bytes);

/// From the operating system; never fails (the process ends if the source does).
std::string random_bytes(std::size_t count);

/// Compares in a time that depends on the lengths alone.
bool equal_constant_time(std::string_view a, std::string_view b);

/// CRC-free 64-bit mix for placing keys in shards and buckets; not for secrets.
std::uint64_t mix64(std::string_view bytes);

}  // namespace guildhall
