// Recognises orders to a model, in the languages injections are seen in most.
#include "machine_orders.h"

#include <algorithm>

#include "addresses.h"
#include "base/text.h"
#include "reply_units.h"

namespace guildhall::models {
namespace {

/// An order is one of the verbs and one of the things in one sentence. Alternatives are parts of words, divided by '|'.
struct Override {
  std::string_view verbs;
  std::string_view things;
};

constexpr Override kOverrides[] = {
    {"ignore |disregard|forget |override|overrule|bypass|do not follow|don't follow|stop following",
     "instruction|previous|prior |your rules|the rules|all rules|guideline|directive|your prompt|system prompt|safeguard|your "
     "training"},
    {"ignorier|vergiss|vergessen sie|missacht|übergeh|umgeh|befolge nicht|befolgen sie nicht",
     "anweisung|instruktion|vorherige|bisherige|deine regeln|ihre regeln|alle regeln|vorgaben|systemprompt|system-prompt"},
    {"ignora|ignore|olvida|olvide|descarta|omite|haz caso omiso", "instrucci|reglas|indicacion|órdenes|directrices|el prompt"},
    {"ignore|ignorez|oublie|oubliez|ne suis pas|ne suivez pas|outrepass",
     "instruction|consigne|règles|directive|le prompt|précédent"},
    {"ignora|ignori|dimentica|dimentichi|trascura", "istruzion|regole|direttiv|il prompt|precedent"},
    {"ignore|ignora|esqueça|esquece|desconsidere", "instruç|regras|diretriz|o prompt|anterior"},
    {"negeer|vergeet", "instructie|regels|opdracht|voorgaande|prompt"},
    {"игнорир|забудь|не обращай|отмени", "инструкц|указани|правил|промпт|предыдущ"},
    {"zignoruj|ignoruj|zapomnij", "instrukcj|poleceni|zasad|poprzedni"},
    {"yok say|görmezden gel|unut|dikkate alma", "talimat|kural|komut|önceki"},
    {"忽略|无视|無視|忘记|忘掉|不要遵守", "指令|指示|说明|規則|规则|提示|之前|以上"},
    {"無視|忘れ|従わない", "指示|命令|指令|ルール|プロンプト|以前"},
    {"무시|잊어|따르지", "지시|명령|규칙|프롬프트|이전"},
    {"تجاهل|انس |تغاض", "تعليمات|التعليمات|الأوامر|القواعد|السابقة"},
    {"अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल ज", "निर्देश|नियम|आदेश|पिछले"},
    {"ละเว้น|เพิกเฉย|ไม่ต้องสนใจ|ลืม", "คำสั่ง|กฎ|ก่อนหน้า"},
    {"reveal|print|repeat|output|show me|display|disclose|leak|tell me|write "
     "out|verrate|zeige|revela|muestra|révèle|affiche|显示|泄露|输出",
     "system prompt|system message|systemprompt|system-prompt|your instructions|your prompt|prompt del sistema|prompt "
     "système|系统提示"},
    {"set |change |disable|turn off|switch off|enable|deactivate",
     "strict_mode|strict mode|confidence_threshold|allowed_topics|system_prompt|your configuration|your settings"},
    {"call |invoke|use |run |execute|append|include|say |answer|reply|respond|send |forward|recommend",
     "note to ai|ai assistants|attention ai|dear ai|as an ai|language model|the tool |tool_call|function_call|send_mail|"
     "whole conversation|entire conversation|conversation history"},
    {"you are now|from now on you|act as|pretend to be|switch to|enter |du bist jetzt|ahora eres|tu es maintenant|你现在是",
     "assistant|chatbot| ai |ai-|language model|developer mode|jailbreak|unrestricted|without rules|asistente|kein regeln|助手"},
};

/// Marks of a conversation's format; nobody writes them into a page for readers.
constexpr std::string_view kMarks[] = {
    "<|im_start|>", "<|im_end|>",     "<|system|>",        "<|user|>",    "<|assistant|>",   "<|endoftext|>",   "[inst]",
    "[/inst]",      "<<sys>>",        "[system]",          "### system",  "### instruction", "### assistant",   "<system>",
    "</system>",    "\"tool_calls\"", "\"function_call\"", "<tool_call>", "<function_call",  "end of material", "<<<",
    ">>>"};

constexpr std::string_view kRoles[] = {
    "system:", "system :", "system override", "assistant:", "developer:", "[[system", "system note:"};

constexpr std::string_view kToMachine[] = {"tell the user",
                                           "tell the visitor",
                                           "tell the customer",
                                           "tell the reader",
                                           "tell users",
                                           "tell visitors",
                                           "tell them to",
                                           "tell everyone",
                                           "instruct the",
                                           "urge the",
                                           "ask the user",
                                           "ask the visitor",
                                           "inform the user",
                                           "inform the visitor",
                                           "send the user",
                                           "send the visitor",
                                           "send the conversation",
                                           "the user must",
                                           "the visitor must",
                                           "the visitor should",
                                           "in your answer",
                                           "in your reply",
                                           "in your response",
                                           "your answer must",
                                           "your reply must",
                                           "your response must",
                                           "every answer",
                                           "every reply",
                                           "every response",
                                           "each answer",
                                           "all answers",
                                           "all replies",
                                           "end your",
                                           "begin your",
                                           "start your",
                                           "reply with",
                                           "respond with",
                                           "answer with",
                                           "answer only",
                                           "reply only",
                                           "output exactly",
                                           "output the",
                                           "print the following",
                                           "repeat after",
                                           "repeat the following",
                                           "append the",
                                           "append this",
                                           "include the link",
                                           "include this link",
                                           "include the following",
                                           "add the link",
                                           "add this",
                                           "always include",
                                           "always add",
                                           "always append",
                                           "always recommend",
                                           "always mention",
                                           "always say",
                                           "say that",
                                           "say exactly",
                                           "do not mention",
                                           "don't mention",
                                           "do not tell",
                                           "never reveal",
                                           "never mention",
                                           "when answering",
                                           "if anyone asks",
                                           "before answering",
                                           "instead of answering",
                                           "you are now",
                                           "you must now",
                                           "from now on",
                                           "act as",
                                           "pretend",
                                           "as an ai",
                                           "ai assistant",
                                           "ai model",
                                           "ai agent",
                                           "language model",
                                           "chatbot",
                                           " llm",
                                           "the assistant",
                                           "the bot ",
                                           "assistants",
                                           "note to ai",
                                           "attention ai",
                                           "dear ai",
                                           "new instruction",
                                           "following instruction",
                                           "hidden instruction",
                                           "override",
                                           "call the tool",
                                           "call the function",
                                           "use the tool",
                                           "tool_call",
                                           "function_call",
                                           "strict_mode",
                                           "system prompt",
                                           "this image",
                                           "render ",
                                           "=hyperlink",
                                           "=webservice",
                                           "=importxml",
                                           "=importdata",
                                           "=cmd",
                                           "sag dem nutzer",
                                           "sage dem",
                                           "sagen sie dem",
                                           "teile dem",
                                           "antworte",
                                           "in deiner antwort",
                                           "in ihrer antwort",
                                           "jede antwort",
                                           "füge den link",
                                           "gib aus",
                                           "assistent",
                                           "di al usuario",
                                           "diga al usuario",
                                           "dile al",
                                           "en tu respuesta",
                                           "en su respuesta",
                                           "cada respuesta",
                                           "responde con",
                                           "incluye el enlace",
                                           "asistente",
                                           "dis à l",
                                           "dites à l",
                                           "dis au visiteur",
                                           "dites au",
                                           "dans ta réponse",
                                           "dans votre réponse",
                                           "chaque réponse",
                                           "réponds par",
                                           "répondez par",
                                           "ajoute le lien",
                                           "ajoutez le lien",
                                           "assistant",
                                           "rispondi con",
                                           "di' all'utente",
                                           "responda com",
                                           "diga ao",
                                           "ответь",
                                           "скажи пользовател",
                                           "сообщи пользовател",
                                           "告诉用户",
                                           "告訴用戶",
                                           "告诉访客",
                                           "回答中",
                                           "回复中",
                                           "请回复",
                                           "助手",
                                           "ユーザーに",
                                           "回答に",
                                           "사용자에게",
                                           "답변에",
                                           "أخبر المستخدم",
                                           "أخبر الزائر",
                                           "في إجابتك",
                                           "उपयोगकर्ता को बताएं"};

bool has_any(std::string_view text, std::string_view alternatives) {
  const auto parts = split(alternatives, '|');
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.find(part) != text.npos; });
}

// As a reader would hear it: letters narrow and small, nothing invisible, no emphasis, one space between words.
std::string spoken(std::string_view text) {
  std::string out;
  for (const char c : folded(without_invisible(text))) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (c == '*' || c == '_' ? out.ends_with(' ') || out.empty() : false) continue;
    if (is_space && (out.empty() || out.back() == ' ')) continue;
    out += is_space ? ' ' : c;
  }
  return replaced(out, "**", "");
}

bool begins_with_role(std::string_view said) {
  while (!said.empty() && std::string_view("#>-*/!=[(;:. ").find(said.front()) != std::string_view::npos) said.remove_prefix(1);
  return std::any_of(std::begin(kRoles), std::end(kRoles), [&](std::string_view role) { return said.starts_with(role); });
}

// Characters that carry a hidden text: tags, or letters divided by invisible ones.
bool hides_text(std::string_view text) {
  return text.size() > without_invisible(text).size() + 12;
}

std::string without_comments(std::string_view text) {
  std::string out;
  while (true) {
    const auto begin = text.find("<!--");
    out += text.substr(0, begin);
    if (begin == text.npos) return out;
    const auto end = text.find("-->", begin);
    if (end == text.npos) return out;
    text.remove_prefix(end + 3);
  }
}

}  // namespace

bool gives_orders(std::string_view text) {
  const std::string said = " " + spoken(text) + " ";
  for (const Override& row : kOverrides) {
    if (has_any(said, row.verbs) && has_any(said, row.things)) return true;
  }
  return shows_chat_marks(text);
}

bool shows_chat_marks(std::string_view text) {
  const std::string said = " " + spoken(text) + " ";
  if (begins_with_role(said)) return true;
  return std::any_of(std::begin(kMarks), std::end(kMarks), [&](std::string_view mark) { return said.find(mark) != said.npos; });
}

bool speaks_to_machine(std::string_view text) {
  if (gives_orders(text) || hides_text(text) || text.find("<!--") != text.npos) return true;
  const std::string said = " " + spoken(text) + " ";
  return std::any_of(std::begin(kToMachine), std::end(kToMachine),
                     [&](std::string_view phrase) { return said.find(phrase) != said.npos; });
}

std::string without_orders(std::string_view text, std::string_view language) {
  const std::string visible = without_comments(without_invisible(text));
  std::string out;
  std::size_t at = 0;
  bool is_chat = false;
  for (const knowledge::Span sentence : spaced_sentences(visible, language)) {
    const std::string_view said = std::string_view(visible).substr(sentence.begin, sentence.end - sentence.begin);
    const std::string_view before = std::string_view(visible).substr(at, sentence.begin - at);
    at = sentence.end;
    is_chat = (is_chat && before.find("\n\n") == before.npos) || shows_chat_marks(said);
    if (is_chat || gives_orders(said)) {
      if (before.find('\n') != before.npos && !out.ends_with('\n')) out += '\n';
      continue;
    }
    out += before;
    out += said;
  }
  return std::string(trimmed(out));
}

}  // namespace guildhall::models
