// Text of a document that speaks to the machine instead of its reader (contracts/support-partner.md §2.6).
//
// Word lists, so a first line of defence and no proof: what a model writes is checked whatever was found here.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::models {

/// It tells a model to drop its rules, shows the marks of a chat's roles, or asks for its prompt. Such a sentence is no material.
bool gives_orders(std::string_view text);

/// It tells how to answer ("tell the visitor", "in your reply"), or hides something. Its links and addresses are not repeated.
bool speaks_to_machine(std::string_view text);

/// It shows the marks of a chat's format: what follows in the same paragraph is no material either.
bool shows_chat_marks(std::string_view text);

/// The text without the sentences that give orders, what follows the marks of a chat in their paragraph, comments of a markup,
/// and invisible characters.
std::string without_orders(std::string_view text, std::string_view language);

}  // namespace guildhall::models
