// What the platform itself says to a visitor, in the languages of contracts/support-partner.md §4.8.
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "models/extractive.h"

namespace guildhall::models {
namespace {

struct PlatformTexts {
  std::string_view language;
  std::string_view refusal;
  std::string_view greeting;
  std::string_view thanks;
  std::string_view farewell;
  std::string_view handover;
  std::string_view clarification;
  std::string_view other_language;      ///< before an answer in another language; {language} is its name
  std::string_view not_from_documents;  ///< before an answer a model gave without them
};

constexpr std::array kPlatformTexts{
    PlatformTexts{
        "en", "I could not find an answer to that in the documents I have. Please rephrase the question, or ask for a person.",
        "Hello! How can I help you?", "You are welcome! Is there anything else I can help with?",
        "Goodbye, and thank you for writing.", "I will ask a person to take over.",
        "I found this in more than one place. Which one do you mean?",
        "I found this in a document in {language}:", "This answer does not come from the documents:"},
    PlatformTexts{"es",
                  "No he encontrado una respuesta en los documentos de los que dispongo. Reformule la pregunta o pida hablar con "
                  "una persona.",
                  "¡Hola! ¿En qué puedo ayudarle?", "¡De nada! ¿Puedo ayudarle en algo más?",
                  "Hasta luego y gracias por escribirnos.", "Pediré a una persona que continúe la conversación.",
                  "Lo he encontrado en más de un lugar. ¿A cuál se refiere?",
                  "Lo he encontrado en un documento en {language}:", "Esta respuesta no procede de los documentos:"},
    PlatformTexts{"fr",
                  "Je n'ai pas trouvé de réponse dans les documents dont je dispose. Reformulez la question ou demandez à parler "
                  "à une personne.",
                  "Bonjour ! Comment puis-je vous aider ?", "Je vous en prie ! Puis-je vous aider pour autre chose ?",
                  "Au revoir et merci de nous avoir écrit.", "Je demande à une personne de prendre le relais.",
                  "J'ai trouvé cela à plusieurs endroits. Lequel souhaitez-vous ?",
                  "Trouvé dans un document en {language} :", "Cette réponse ne provient pas des documents :"},
    PlatformTexts{"de",
                  "Dazu habe ich in den vorliegenden Dokumenten keine Antwort gefunden. Bitte formulieren Sie die Frage anders "
                  "oder fragen Sie nach einem Menschen.",
                  "Hallo! Wie kann ich Ihnen helfen?", "Gern geschehen! Kann ich Ihnen noch weiterhelfen?",
                  "Auf Wiedersehen und danke für Ihre Nachricht.", "Ich bitte einen Menschen, zu übernehmen.",
                  "Dazu habe ich mehrere Stellen gefunden. Welche meinen Sie?",
                  "Gefunden in einem Dokument auf {language}:", "Diese Antwort stammt nicht aus den Dokumenten:"},
    PlatformTexts{
        "pt",
        "Não encontrei uma resposta nos documentos de que disponho. Reformule a pergunta ou peça para falar com uma pessoa.",
        "Olá! Como posso ajudar?", "De nada! Posso ajudar em mais alguma coisa?", "Até logo e obrigado por escrever.",
        "Vou pedir a uma pessoa que continue a conversa.", "Encontrei isto em mais de um lugar. A qual se refere?",
        "Encontrei isto num documento em {language}:", "Esta resposta não provém dos documentos:"},
    PlatformTexts{
        "it",
        "Non ho trovato una risposta nei documenti a mia disposizione. Riformuli la domanda o chieda di parlare con una persona.",
        "Salve! Come posso aiutarla?", "Prego! Posso aiutarla in altro?", "Arrivederci e grazie per averci scritto.",
        "Chiedo a una persona di continuare la conversazione.", "L'ho trovato in più punti. Quale intende?",
        "Trovato in un documento in {language}:", "Questa risposta non proviene dai documenti:"},
    PlatformTexts{
        "ru", "Я не нашёл ответа в имеющихся документах. Переформулируйте вопрос или попросите соединить вас с человеком.",
        "Здравствуйте! Чем я могу помочь?", "Пожалуйста! Могу ли я помочь чем-то ещё?", "До свидания и спасибо за обращение.",
        "Я попрошу сотрудника продолжить разговор.", "Я нашёл это в нескольких местах. Что вы имеете в виду?",
        "Найдено в документе на другом языке ({language}):", "Этот ответ взят не из документов:"},
    PlatformTexts{
        "tr", "Elimdeki belgelerde buna bir yanıt bulamadım. Soruyu başka şekilde sorun veya bir yetkiliyle görüşmek isteyin.",
        "Merhaba! Size nasıl yardımcı olabilirim?", "Rica ederim! Başka bir konuda yardımcı olabilir miyim?",
        "Hoşça kalın, yazdığınız için teşekkürler.", "Bir yetkiliden devralmasını isteyeceğim.",
        "Bunu birden fazla yerde buldum. Hangisini kastediyorsunuz?",
        "{language} dilindeki bir belgede buldum:", "Bu yanıt belgelerden alınmamıştır:"},
    PlatformTexts{"zh", "我在现有文档中没有找到答案。请换一种问法，或要求人工服务。", "您好！有什么可以帮您？",
                  "不客气！还有什么可以帮您的吗？", "再见，感谢您的来信。", "我会请人工客服接手。",
                  "我在多处找到了相关内容。您指的是哪一个？", "以下内容来自{language}文档：", "以下回答并非来自文档："},
    PlatformTexts{"ja", "手元の文書には答えが見つかりませんでした。質問の言い方を変えるか、担当者をお呼びください。",
                  "こんにちは。どのようなご用件でしょうか。", "どういたしまして。ほかにお手伝いできることはありますか。",
                  "ご連絡ありがとうございました。失礼いたします。", "担当者に引き継ぎます。",
                  "複数の箇所に見つかりました。どちらについてお尋ねですか。", "{language}の文書に見つかりました：",
                  "この回答は文書に基づくものではありません："},
    PlatformTexts{"ko", "보유한 문서에서 답을 찾지 못했습니다. 질문을 바꾸어 보시거나 상담원을 요청해 주세요.",
                  "안녕하세요! 무엇을 도와드릴까요?", "천만에요! 더 도와드릴 일이 있을까요?",
                  "안녕히 가세요. 문의해 주셔서 감사합니다.", "상담원에게 연결하겠습니다.",
                  "여러 곳에서 찾았습니다. 어느 것을 말씀하시나요?",
                  "{language} 문서에서 찾았습니다:", "이 답변은 문서에서 나온 것이 아닙니다:"},
    PlatformTexts{"th", "ไม่พบคำตอบในเอกสารที่มีอยู่ กรุณาถามใหม่ด้วยคำอื่น หรือขอคุยกับเจ้าหน้าที่", "สวัสดีค่ะ มีอะไรให้ช่วยไหมคะ",
                  "ยินดีค่ะ มีอะไรให้ช่วยอีกไหมคะ", "ลาก่อนค่ะ ขอบคุณที่ติดต่อมา", "จะขอให้เจ้าหน้าที่มาดูแลต่อค่ะ",
                  "พบข้อมูลนี้มากกว่าหนึ่งแห่ง คุณหมายถึงเรื่องใด", "พบในเอกสารภาษา{language}:", "คำตอบนี้ไม่ได้มาจากเอกสาร:"},
    PlatformTexts{"hi", "मेरे पास मौजूद दस्तावेज़ों में इसका उत्तर नहीं मिला। कृपया प्रश्न दूसरे शब्दों में पूछें या किसी व्यक्ति से बात करने को कहें।",
                  "नमस्ते! मैं आपकी क्या सहायता कर सकता हूँ?", "आपका स्वागत है! क्या मैं और कुछ सहायता कर सकता हूँ?",
                  "अलविदा, लिखने के लिए धन्यवाद।", "मैं किसी व्यक्ति से बात आगे बढ़ाने को कहूँगा।", "यह एक से अधिक जगह मिला। आपका आशय किससे है?",
                  "{language} के एक दस्तावेज़ में मिला:", "यह उत्तर दस्तावेज़ों से नहीं है:"},
    PlatformTexts{"ar", "لم أجد إجابة عن ذلك في المستندات المتوفرة لدي. يُرجى إعادة صياغة السؤال أو طلب التحدث إلى شخص.",
                  "مرحبًا! كيف يمكنني مساعدتك؟", "على الرحب والسعة! هل يمكنني المساعدة في شيء آخر؟",
                  "إلى اللقاء، وشكرًا على تواصلك.", "سأطلب من شخص أن يتولى المحادثة.", "وجدت ذلك في أكثر من موضع. أيها تقصد؟",
                  "وجدت هذا في مستند باللغة {language}:", "هذه الإجابة ليست من المستندات:"},
};

const PlatformTexts& texts_in(std::string_view language) {
  const std::string base = ascii_lower(language.substr(0, language.find_first_of("-_")));
  for (const PlatformTexts& row : kPlatformTexts) {
    if (row.language == base) return row;
  }
  return kPlatformTexts.front();
}

}  // namespace

std::string platform_text(std::string_view key, std::string_view language) {
  const PlatformTexts& row = texts_in(language);
  if (key == "greeting") return std::string(row.greeting);
  if (key == "thanks") return std::string(row.thanks);
  if (key == "farewell") return std::string(row.farewell);
  if (key == "handover") return std::string(row.handover);
  if (key == "clarification") return std::string(row.clarification);
  if (key == "not_from_documents") return std::string(row.not_from_documents);
  if (key == "other_language") return std::string(row.other_language);
  return std::string(row.refusal);
}

}  // namespace guildhall::models
