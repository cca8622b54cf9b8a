// Words, languages, analysers and sentences.
#include <doctest/doctest.h>

#include <algorithm>

#include "knowledge/language.h"
#include "language/folding.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

std::vector<std::string> terms(std::string_view text, std::string_view language) {
  std::vector<std::string> out;
  for (const Term& term : analyse(text, language)) out.push_back(term.text);
  return out;
}

std::vector<std::string> sentence_texts(std::string_view text, std::string_view language = "en") {
  std::vector<std::string> out;
  for (const Span& span : sentences(text, language)) out.emplace_back(text.substr(span.begin, span.end - span.begin));
  return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("text tokens are words, and two characters of Han, kana or Thai count as one") {
  CHECK(text_tokens("") == 0);
  CHECK(text_tokens("Hello, world!") == 2);
  CHECK(text_tokens("don't stop: it costs 3.50 EUR") == 6);
  CHECK(text_tokens("知识库检索") == 3);
  CHECK(text_tokens("ภาษาไทย") == 4);
  CHECK(text_tokens("\xFF\xFE broken \xC3") == 1);
}

TEST_CASE("an analyser gives the same term for the forms of a word, and drops words without a topic") {
  CHECK(terms("Returns and returned items", "en") == Words{"return", "return", "item"});
  CHECK(terms("Die Rückgaben der Häuser", "de") == terms("rückgabe Haus", "de"));
  CHECK(terms("STRASSE", "de") == terms("Straße", "de"));
  CHECK(terms("los envíos", "es") == terms("envío", "es"));
  CHECK(terms("l'année", "fr") == terms("années", "fr"));
  CHECK(terms("заказы", "ru") == terms("заказ", "ru"));
  CHECK(terms("IŞIK", "tr") == terms("ışık", "tr"));
  CHECK(terms("والكتاب", "ar") == terms("كتاب", "ar"));
  CHECK(terms("zamówienia", "pl") == terms("zamówienie", "pl"));
}

TEST_CASE("the forms of a word meet in every language that has a stemmer") {
  struct Row {
    const char* language;
    const char* form;
    const char* word;
  };
  for (const Row& row :
       {Row{"nl", "bestellingen", "bestelling"}, Row{"sv", "böckerna", "böcker"}, Row{"fi", "talossa", "talo"},
        Row{"hu", "házak", "ház"}, Row{"pt", "devoluções", "devolução"}, Row{"it", "ordini", "ordine"},
        Row{"tr", "kitaplar", "kitap"}, Row{"fr", "commandes", "commande"}, Row{"pl", "zwrotów", "zwroty"},
        Row{"cs", "objednávky", "objednávka"}, Row{"uk", "книгами", "книги"}, Row{"el", "επιστροφές", "επιστροφή"},
        Row{"el", "προϊόντων", "προϊόντα"}, Row{"hi", "किताबें", "किताब"}, Row{"bn", "বইগুলো", "বই"}}) {
    CAPTURE(std::string(row.form));
    CHECK(terms(row.form, row.language) == terms(row.word, row.language));
  }
}

TEST_CASE("light stemming strips cases and plurals, and leaves what only looks like one") {
  struct Row {
    const char* language;
    const char* form;
    const char* word;
  };
  for (const Row& row : {Row{"cs", "objednávkami", "objednávka"},
                         Row{"cs", "platbou", "platba"},
                         Row{"cs", "městech", "město"},
                         Row{"cs", "zákazníkům", "zákazník"},
                         Row{"cs", "novém", "nového"},
                         Row{"cs", "fakturách", "faktury"},
                         Row{"uk", "замовленням", "замовлення"},
                         Row{"uk", "замовлень", "замовлення"},
                         Row{"uk", "оплати", "оплату"},
                         Row{"uk", "школу", "школа"},
                         Row{"uk", "рахунками", "рахунки"},
                         Row{"uk", "доставкою", "доставка"},
                         Row{"uk", "містах", "місто"},
                         Row{"el", "παραγγελίες", "παραγγελία"},
                         Row{"el", "πληρωμών", "πληρωμή"},
                         Row{"el", "λογαριασμοί", "λογαριασμός"},
                         Row{"el", "προϊόντος", "προϊόν"},
                         Row{"el", "χρήματα", "χρήμα"},
                         Row{"el", "προβλήματος", "πρόβλημα"},
                         Row{"el", "ΠΛΗΡΩΜΗ", "πληρωμή"},
                         Row{"hi", "किताबों", "किताब"},
                         Row{"hi", "लड़कियाँ", "लड़की"},
                         Row{"hi", "भाषाओं", "भाषा"},
                         Row{"hi", "नियमों", "नियम"},
                         Row{"bn", "মানুষের", "মানুষ"},
                         Row{"bn", "শহরে", "শহর"},
                         Row{"bn", "শহরগুলোতে", "শহর"},
                         Row{"bn", "বইয়ের", "বই"},
                         Row{"bn", "দোকানটি", "দোকান"},
                         Row{"bn", "ঠিকানায়", "ঠিকানা"},
                         Row{"bn", "ঠিকানার", "ঠিকানা"},
                         Row{"bn", "বাজারে", "বাজার"},
                         Row{"pt", "extensões", "extensão"},
                         Row{"pt", "pães", "pão"}}) {
    CAPTURE(std::string(row.form));
    CHECK(terms(row.form, row.language) == terms(row.word, row.language));
  }
  CHECK(terms("শহর", "bn") == Words{"শহর"});
  CHECK(terms("школа", "uk") == Words{"школ"});
}

TEST_CASE("Lao, Khmer and Burmese are found by three characters, so that a word is found inside a longer run") {
  CHECK(terms("ພາສາ", "lo") == Words{"ພາສ", "າສາ"});
  CHECK(terms("ភាសា", "km") == Words{"ភាស", "ាសា"});
  CHECK(terms("ဘာသာ", "my") == Words{"ဘာသ", "ာသာ"});
  CHECK(terms("ລາວ 2024", "lo") == Words{"ລາວ", "2024"});
  struct Row {
    const char* language;
    const char* run;
    const char* word;
  };
  for (const Row& row : {Row{"lo", "ພາສາລາວ", "ພາສາ"}, Row{"km", "ភាសាខ្មែរ", "ភាសា"}, Row{"my", "မြန်မာဘာသာ", "ဘာသာ"}}) {
    const Words found = terms(row.run, row.language);
    for (const std::string& term : terms(row.word, row.language)) CHECK(std::count(found.begin(), found.end(), term) == 1);
  }
}

TEST_CASE("letters that are written in several ways are one") {
  CHECK(terms("کتاب", "ur") == terms("كتاب", "ur"));
  CHECK(terms("اُردو", "ur") == terms("اردو", "ur"));
  CHECK(terms("ہے", "ur") == terms("هے", "ur"));
  CHECK(terms("Rueckgabe", "de") == terms("Rückgabe", "de"));
  CHECK(terms("Loesung", "de") == terms("Lösung", "de"));
  CHECK(terms("Strasse", "de") == terms("Straße", "de"));
  CHECK(terms("Quelle", "de") == Words{"quell"});
  CHECK(terms("کتاب", "fa") == terms("كتاب", "fa"));
  CHECK(terms("شَحْن", "ar") == terms("شحـن", "ar"));
  CHECK(terms("أحمد", "ar") == terms("احمد", "ar"));
  CHECK(terms("שָׁלוֹם", "he") == terms("שלום", "he"));
  CHECK(terms("ज़रूरत", "hi") == terms("जरूरत", "hi"));
}

TEST_CASE("a run of kana and Han is cut where the script changes") {
  CHECK(terms("ファイルの設定", "ja") == Words{"ファ", "ァイ", "イル", "の", "設定"});
  CHECK(terms("サーバー", "ja") == Words{"サー", "ーバ", "バー"});
  CHECK(terms("배송비용", "ko") == Words{"배송", "송비", "비용"});
}

TEST_CASE("unspaced scripts are found by overlapping characters") {
  CHECK(terms("退货政策", "zh") == Words{"退货", "货政", "政策"});
  CHECK(terms("退貨", "zh") == Words{"退货"});
  CHECK(terms("配送", "ja") == Words{"配送"});
  CHECK(terms("Hexo를 설치", "ko") == Words{"hexo", "를", "설치"});
  CHECK(terms("ไทย", "th") == Words{"ไทย"});
  CHECK(terms("ภาษา", "th") == Words{"ภาษ", "าษา"});
}

TEST_CASE("the universal analyser keeps identifiers whole and in parts") {
  CHECK(terms("post_asset_folder", "und") == Words{"postassetfolder", "post", "asset", "folder"});
  CHECK(terms("_config.yml", "und") == Words{"configyml", "config", "yml"});
  CHECK(terms("url_for", "und").front() == terms("urlFor", "und").front());
  CHECK(terms("Node.js", "und").front() == terms("nodejs", "und").front());
  CHECK(terms("3.50", "und") == Words{"3.50"});
  CHECK(terms("getUserName", "") == Words{"getusername", "get", "user", "name"});
  CHECK(terms("The ＦＵＬＬ width", "xx") == terms("the full width", "xx"));
}

TEST_CASE("a colon parts words") {
  CHECK(terms("mailto:name", "und") == Words{"mailto", "name"});
  CHECK(terms("colour:red", "en") == Words{"colour", "red"});
}

TEST_CASE("Vietnamese words are found with and without their diacritics") {
  const Words found = terms("đổi hàng", "vi");
  CHECK(std::count(found.begin(), found.end(), "hang") == 1);
  CHECK(std::count(found.begin(), found.end(), "doi") == 1);
}

TEST_CASE("a term names the bytes it came from") {
  const std::string_view text = "Größe: XL";
  const std::vector<Term> found = analyse(text, "de");
  REQUIRE(found.size() == 2);
  CHECK(text.substr(found[0].begin, found[0].end - found[0].begin) == "Größe");
  CHECK(text.substr(found[1].begin, found[1].end - found[1].begin) == "XL");
}

TEST_CASE("any bytes are analysed without harm") {
  std::string noise;
  for (int i = 0; i < 4096; ++i) noise += static_cast<char>((i * 131 + i / 7) & 0xFF);
  for (const char* language : {"en", "de", "zh", "th", "ar", "tr", "vi", "hi", "und"}) {
    CHECK_NOTHROW(analyse(noise, language));
  }
  CHECK_NOTHROW(sentences(noise, "en"));
  CHECK_NOTHROW(detect_language(noise));
}

TEST_CASE("code points survive encoding and decoding; what is no code point is an invalid byte") {
  for (const std::int32_t c : {0x0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF}) {
    std::string text;
    append_utf8(text, c);
    std::size_t at = 0;
    CHECK(decode(text, at) == c);
    CHECK(at == text.size());
  }
  for (const char* bytes : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xE2\x82", "\xC3x", "\xFF"}) {
    std::size_t at = 0;
    CHECK(decode(bytes, at) == -1);
    CHECK(at == 1);
  }
  std::string none;
  append_utf8(none, 0xD800);
  append_utf8(none, 0x110000);
  append_utf8(none, -1);
  CHECK(none.empty());
}

TEST_CASE("languages are detected from a question") {
  CHECK(detect_language("How can I cancel my order and get the money back?") == "en");
  CHECK(detect_language("Wie kann ich meine Bestellung stornieren?") == "de");
  CHECK(detect_language("¿Cómo puedo cancelar mi pedido?") == "es");
  CHECK(detect_language("Comment puis-je annuler ma commande ?") == "fr");
  CHECK(detect_language("Как отменить мой заказ и вернуть деньги?") == "ru");
  CHECK(detect_language("如何取消我的订单并退款？") == "zh");
  CHECK(detect_language("注文をキャンセルするにはどうすればいいですか") == "ja");
  CHECK(detect_language("주문을 취소하려면 어떻게 해야 하나요") == "ko");
  CHECK(detect_language("ฉันจะยกเลิกคำสั่งซื้อได้อย่างไร") == "th");
  CHECK(detect_language("كيف يمكنني إلغاء طلبي واسترداد المال؟") == "ar");
}

TEST_CASE("names and code inside a text of another script do not hide its language") {
  CHECK(detect_language("Hexo를 GitHub Pages에 배포하기") == "ko");
  CHECK(detect_language("使用 GitHub Actions 部署 Hexo") == "zh");
  CHECK(detect_language("Git リポジトリを GitLab Pages で公開する") == "ja");
  CHECK(detect_language("ติดตั้ง hexo-deployer-git ก่อน") == "th");
  CHECK(detect_language("Установите hexo-cli и GitHub CLI перед публикацией сайта") == "ru");
}

TEST_CASE("a name or an identifier alone is no language") {
  for (const char* text : {"post_asset_folder", "FTPSync", "data-toc-unnumbered", "Heroku", "iscategory"}) {
    CAPTURE(text);
    CHECK(detect_language(text) == "und");
  }
}

TEST_CASE("a text too short to tell takes the prior, and without one nothing is claimed") {
  CHECK(detect_language("PayPal?", "de") == "de");
  // One letter is a small word of several languages: it confirms none.
  CHECK(detect_language("Instalando o Git") == "und");
  CHECK(detect_language("12345", {}) == "und");
  CHECK(detect_language("", {}) == "und");
  // Half of each: neither reaches the confidence that is asked for.
  const std::string english =
      "The return must be registered within sixty days and the refund arrives a few days later on your card. ";
  const std::string swahili =
      "Unaweza kurudisha bidhaa ndani ya siku sitini na fedha zitarudishwa kwenye kadi yako baada ya siku chache. ";
  CHECK(detect_language(english + swahili + english + swahili) == "und");
}

TEST_CASE("stop words are known by language") {
  CHECK(is_stop_word("how", "en"));
  CHECK(is_stop_word("wie", "de-AT"));
  CHECK_FALSE(is_stop_word("return", "en"));
  CHECK_FALSE(is_stop_word("the", "xx"));
}

TEST_CASE("sentences follow the rules of the language and keep lists, tables and code whole") {
  CHECK(sentence_texts("One sentence. Another one? Yes!") == Words{"One sentence.", "Another one?", "Yes!"});
  CHECK(sentence_texts("It costs 3.50 EUR. That is all.") == Words{"It costs 3.50 EUR.", "That is all."});
  CHECK(sentence_texts("これは文です。次の文です。", "ja") == Words{"これは文です。", "次の文です。"});
  CHECK(sentence_texts("Intro.\n- item one. still one\n1. second. still second\n| a. | b. |") ==
        Words{"Intro.", "- item one. still one", "1. second. still second", "| a. | b. |"});
  CHECK(sentence_texts("Before.\n```js\nlet a. b\n\nc\n```\nAfter.") == Words{"Before.", "```js\nlet a. b\n\nc\n```", "After."});
  CHECK(sentence_texts("```\nnever closed. x").size() == 1);
  CHECK(sentence_texts("  \n ").empty());
}

}  // namespace guildhall::knowledge
