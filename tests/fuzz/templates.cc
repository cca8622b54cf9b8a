// Any bytes as a prompt template or a CSV file: a template that parses renders with every variable known, or says why not.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/errors.h"
#include "csv.h"
#include "template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace guildhall::runtime;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const TemplateSyntax syntax : {TemplateSyntax::braces, TemplateSyntax::mustache}) {
    try {
      const Template parsed = Template::parse(text, syntax);
      parsed.render([](std::string_view) { return guildhall::json::Value("value"); });
    } catch (const TemplateError& error) {
      if (error.message.empty()) std::abort();
    }
  }
  try {
    parse_csv(text);
  } catch (const guildhall::Refusal& refusal) {
    if (refusal.message.empty()) std::abort();
  }
  return 0;
}
