// The platform's words around a handover.
#include "texts.h"

#include <array>

#include "base/text.h"

namespace guildhall::support {
namespace {

struct HandoverTexts {
  std::string_view language;
  std::string_view announced;
  std::string_view after_hours;  ///< {time}: the next opening
  std::string_view nobody;
  std::string_view joined;  ///< {name}
  std::string_view returned;
  std::string_view resolved;
  std::string_view failed;
};

constexpr std::array kHandoverTexts{
    HandoverTexts{
        "en", "I have asked a person to join. They will answer here.",
        "Our team is away now and will be back on {time}. Leave your question and how to reach you, and they will answer.",
        "Nobody is free at the moment. Leave your question and how to reach you, or go on with the assistant.",
        "{name} has joined the conversation.", "You are talking to the assistant again.", "This conversation was closed.",
        "I could not answer just now. Please try again in a moment, or ask for a person."},
    HandoverTexts{"es", "He pedido a una persona que se incorpore. Le responderá aquí.",
                  "Nuestro equipo no está disponible y volverá el {time}. Deje su pregunta y cómo contactarle, y le responderán.",
                  "No hay nadie disponible en este momento. Deje su pregunta y cómo contactarle, o siga con el asistente.",
                  "{name} se ha unido a la conversación.", "Vuelve a hablar con el asistente.",
                  "Esta conversación se ha cerrado.",
                  "No he podido responder. Inténtelo de nuevo en un momento o pida hablar con una persona."},
    HandoverTexts{
        "fr", "J'ai demandé à une personne de nous rejoindre. Elle répondra ici.",
        "Notre équipe est absente et sera de retour le {time}. Laissez votre question et vos coordonnées, elle vous répondra.",
        "Personne n'est disponible pour le moment. Laissez votre question et vos coordonnées, ou continuez avec l'assistant.",
        "{name} a rejoint la conversation.", "Vous parlez de nouveau à l'assistant.", "Cette conversation a été close.",
        "Je n'ai pas pu répondre. Réessayez dans un instant ou demandez à parler à une personne."},
    HandoverTexts{
        "de", "Ich habe einen Menschen dazugebeten. Die Antwort kommt hier.",
        "Unser Team ist gerade nicht da und ab {time} wieder erreichbar. Hinterlassen Sie Ihre Frage und wie wir Sie erreichen.",
        "Im Moment ist niemand frei. Hinterlassen Sie Ihre Frage und wie wir Sie erreichen, oder schreiben Sie weiter mit dem "
        "Assistenten.",
        "{name} ist jetzt im Gespräch.", "Sie sprechen wieder mit dem Assistenten.", "Dieses Gespräch wurde beendet.",
        "Ich konnte gerade nicht antworten. Versuchen Sie es gleich noch einmal oder fragen Sie nach einem Menschen."},
    HandoverTexts{"pt", "Pedi a uma pessoa que se juntasse. Ela responderá aqui.",
                  "A nossa equipa não está disponível e volta em {time}. Deixe a sua pergunta e como podemos contactá-lo.",
                  "Ninguém está disponível de momento. Deixe a sua pergunta e como contactá-lo, ou continue com o assistente.",
                  "{name} entrou na conversa.", "Está novamente a falar com o assistente.", "Esta conversa foi encerrada.",
                  "Não consegui responder. Tente novamente dentro de momentos ou peça para falar com uma pessoa."},
    HandoverTexts{"it", "Ho chiesto a una persona di unirsi. Risponderà qui.",
                  "Il nostro team non è disponibile e tornerà il {time}. Lasci la domanda e un recapito, le risponderanno.",
                  "Al momento nessuno è libero. Lasci la domanda e un recapito, oppure continui con l'assistente.",
                  "{name} si è unito alla conversazione.", "Sta parlando di nuovo con l'assistente.",
                  "Questa conversazione è stata chiusa.",
                  "Non sono riuscito a rispondere. Riprovi tra poco o chieda di una persona."},
    HandoverTexts{"ru", "Я попросил человека подключиться. Он ответит здесь.",
                  "Сейчас никого нет, мы вернёмся {time}. Оставьте вопрос и контакт, вам ответят.",
                  "Сейчас все заняты. Оставьте вопрос и контакт или продолжите с ассистентом.",
                  "{name} присоединяется к разговору.", "Вы снова говорите с ассистентом.", "Разговор закрыт.",
                  "Сейчас я не смог ответить. Попробуйте ещё раз или попросите соединить с человеком."},
    HandoverTexts{"tr", "Bir kişinin katılmasını istedim. Yanıtı burada alacaksınız.",
                  "Ekibimiz şu anda yok, {time} tarihinde geri dönecek. Sorunuzu ve size nasıl ulaşacağımızı bırakın.",
                  "Şu anda kimse müsait değil. Sorunuzu ve iletişim bilginizi bırakın ya da asistanla devam edin.",
                  "{name} görüşmeye katıldı.", "Yeniden asistanla konuşuyorsunuz.", "Bu görüşme kapatıldı.",
                  "Şu anda yanıt veremedim. Biraz sonra yeniden deneyin ya da bir kişi isteyin."},
    HandoverTexts{"zh", "我已请人工客服加入，会在这里回复您。",
                  "客服目前不在线，将于{time}恢复。请留下您的问题和联系方式，我们会回复您。",
                  "目前没有空闲的客服。请留下您的问题和联系方式，或继续与助手对话。", "{name} 已加入对话。",
                  "您现在重新与助手对话。", "此对话已关闭。", "我暂时无法回答。请稍后再试，或要求人工服务。"},
    HandoverTexts{"ja", "担当者に参加を依頼しました。こちらでお答えします。",
                  "ただいま担当者は不在で、{time}に戻ります。ご質問とご連絡先をお残しください。",
                  "ただいま対応できる担当者がいません。ご質問とご連絡先をお残しいただくか、アシスタントとお続けください。",
                  "{name}が会話に参加しました。", "アシスタントとの会話に戻りました。", "この会話は終了しました。",
                  "ただいまお答えできませんでした。少ししてからもう一度お試しになるか、担当者をお呼びください。"},
    HandoverTexts{"ko", "상담원에게 참여를 요청했습니다. 여기에서 답변드립니다.",
                  "지금은 상담 시간이 아니며 {time}에 다시 시작합니다. 질문과 연락처를 남겨 주세요.",
                  "지금은 응대할 수 있는 상담원이 없습니다. 질문과 연락처를 남기거나 어시스턴트와 계속하세요.",
                  "{name} 님이 대화에 참여했습니다.", "다시 어시스턴트와 대화합니다.", "이 대화는 종료되었습니다.",
                  "지금은 답변하지 못했습니다. 잠시 후 다시 시도하거나 상담원을 요청하세요."},
    HandoverTexts{"th", "ฉันได้ขอให้เจ้าหน้าที่เข้าร่วมแล้ว เจ้าหน้าที่จะตอบที่นี่",
                  "ขณะนี้เจ้าหน้าที่ไม่อยู่ และจะกลับมา {time} โปรดฝากคำถามและช่องทางติดต่อไว้",
                  "ขณะนี้ไม่มีเจ้าหน้าที่ว่าง โปรดฝากคำถามและช่องทางติดต่อ หรือคุยกับผู้ช่วยต่อ", "{name} เข้าร่วมการสนทนาแล้ว", "คุณกำลังคุยกับผู้ช่วยอีกครั้ง",
                  "การสนทนานี้ปิดแล้ว", "ขณะนี้ฉันตอบไม่ได้ โปรดลองอีกครั้งหรือขอคุยกับเจ้าหน้าที่"},
    HandoverTexts{"hi", "मैंने एक व्यक्ति से जुड़ने को कहा है। वे यहीं उत्तर देंगे।",
                  "हमारी टीम अभी उपलब्ध नहीं है और {time} को लौटेगी। अपना प्रश्न और संपर्क छोड़ दें।",
                  "अभी कोई उपलब्ध नहीं है। अपना प्रश्न और संपर्क छोड़ें, या सहायक से बात जारी रखें।", "{name} बातचीत में शामिल हुए।",
                  "आप फिर से सहायक से बात कर रहे हैं।", "यह बातचीत बंद कर दी गई।",
                  "मैं अभी उत्तर नहीं दे सका। थोड़ी देर में फिर प्रयास करें या किसी व्यक्ति से बात करने को कहें।"},
    HandoverTexts{"ar", "طلبتُ من أحد الموظفين الانضمام، وسيجيبك هنا.",
                  "فريقنا غير متاح الآن وسيعود في {time}. اترك سؤالك ووسيلة للتواصل معك وسيجيبونك.",
                  "لا يوجد أحد متاح حاليًا. اترك سؤالك ووسيلة للتواصل معك، أو تابع مع المساعد.", "انضم {name} إلى المحادثة.",
                  "أنت تتحدث مع المساعد من جديد.", "أُغلقت هذه المحادثة.",
                  "لم أتمكن من الإجابة الآن. حاول بعد قليل أو اطلب التحدث إلى شخص."}};

const HandoverTexts& texts_in(std::string_view language) {
  const std::string_view primary = language.substr(0, language.find('-'));
  for (const HandoverTexts& row : kHandoverTexts)
    if (row.language == primary) return row;
  return kHandoverTexts.front();
}

}  // namespace

std::string handover_text(std::string_view key, std::string_view language) {
  const HandoverTexts& texts = texts_in(language);
  if (key == "announced") return std::string(texts.announced);
  if (key == "after_hours") return std::string(texts.after_hours);
  if (key == "nobody") return std::string(texts.nobody);
  if (key == "joined") return std::string(texts.joined);
  if (key == "returned") return std::string(texts.returned);
  if (key == "resolved") return std::string(texts.resolved);
  if (key == "failed") return std::string(texts.failed);
  throw std::logic_error("no handover text named " + std::string(key));
}

}  // namespace guildhall::support
