// Which passwords are refused (contracts/identity-and-security.md §2): short, huge, common, or a word of the account.
#include <vector>

#include "base/errors.h"
#include "base/text.h"
#include "common_passwords.h"
#include "identity/accounts.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

/// "Football2024!" is as common as "football": digits and ASCII signs at the end do not count.
std::string_view without_trailing_signs(std::string_view text) {
  while (!text.empty()) {
    const char c = text.back();
    const bool is_letter = (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80U) != 0;
    if (is_letter) break;
    text.remove_suffix(1);
  }
  return text;
}

std::vector<std::string> words_of(const NewAccount& account) {
  std::vector<std::string> words{folded(account.username), folded(account.email), folded(account.full_name),
                                 folded(replaced(account.full_name, " ", ""))};
  const std::string email = folded(account.email);
  for (const std::string_view part : split(email, '@')) words.emplace_back(part);
  for (const std::string_view part : split(account.full_name, ' ')) words.push_back(folded(part));
  return words;
}

}  // namespace

void check_password_policy(const Secret& password, const NewAccount& account) {
  const std::string_view bytes = password.reveal();
  if (bytes.size() > kPasswordBytesMax) throw invalid_field("password", "a password has at most 1,024 bytes");
  const std::size_t length = is_valid_utf8(bytes) ? code_points(bytes) : bytes.size();
  if (length < kPasswordCharactersMin) throw invalid_field("password", "a password has at least 12 characters");

  const std::string lower = is_valid_utf8(bytes) ? folded(bytes) : ascii_lower(bytes);
  const std::string_view stem = without_trailing_signs(lower);
  if (is_common_password(lower) || is_common_password(stem)) {
    throw invalid_field("password", "this password is among the commonest; choose one that nobody else would");
  }
  for (const std::string& word : words_of(account)) {
    if (!word.empty() && (lower == word || stem == word)) {
      throw invalid_field("password", "a password is not the account's own name or address");
    }
  }
}

}  // namespace guildhall::identity
