// Any bytes as what a model server answers: a whole reply, or a stream that says the same however it is cut.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "chat_wire.h"

namespace {

using namespace guildhall::models;

struct Streamed {
  std::string heard;
  std::optional<ChatReply> reply;
};

Streamed streamed(const std::vector<std::string_view>& pieces) {
  Streamed result;
  ReplyStream stream([&](std::string_view chunk) {
    result.heard += chunk;
    return true;
  });
  for (const auto piece : pieces)
    if (!stream.feed(piece)) break;
  result.reply = stream.finish();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  parse_reply(text);
  const std::size_t cut = bytes[0] % text.size();
  const Streamed whole = streamed({text});
  const Streamed parts = streamed({text.substr(0, cut), text.substr(cut)});
  if (whole.reply.has_value() != parts.reply.has_value()) std::abort();
  if (whole.reply && (whole.reply->text != parts.reply->text || whole.heard != parts.heard)) std::abort();
  return 0;
}
