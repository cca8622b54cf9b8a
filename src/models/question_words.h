// Words that shape a question without naming its topic, beyond stop words; alternatives separated by spaces.
#pragma once

#include <array>
#include <string_view>

namespace guildhall::models {

struct QuestionWords {
  std::string_view language;
  std::string_view weak;      ///< politeness and helper words: they count little when missing
  std::string_view quantity;  ///< phrases after which a number is expected, separated by `|`
};

inline constexpr std::array kQuestionWords{
    QuestionWords{"en",
                  "please help tell explain know want need like would could possible way find get use using does work make give "
                  "show question "
                  "information info much many long often really exactly actually currently someone something anything "
                  "happen happens happened mean means should got gets keep kind sort able take takes another",
                  "how much|how many|how long|how often|how old|how far|how big|how fast|when|what year|what time|what is the "
                  "price|what percentage|"
                  "what date|which year|what does it cost|how large|how tall"},
    QuestionWords{
        "es",
        "favor ayuda decir explicar saber quiero necesito puedo puede gustaria posible forma manera encontrar hacer funciona "
        "informacion pregunta exactamente",
        "cuánto|cuanto|cuántos|cuantos|cuánta|cuánta|cuántas|cuantas|cuándo|cuando|qué año|en qué fecha|qué porcentaje"},
    QuestionWords{"fr",
                  "aide dire expliquer savoir veux voudrais besoin peux peut possible façon moyen trouver faire fonctionne "
                  "information question",
                  "combien|quand|quelle année|à quelle date|quel pourcentage|quel prix|à quelle heure"},
    QuestionWords{"de",
                  "bitte hilfe helfen sagen erklären wissen möchte will brauche kann können möglich geht gibt finden machen "
                  "funktioniert frage "
                  "information genau eigentlich bekomme bekommen etwas passiert soll bedeutet liefert dauert",
                  "wie viel|wie viele|wieviel|wieviele|wie lange|wie oft|wie alt|wie weit|wie groß|wie hoch|wann|welches jahr|in "
                  "welchem jahr|was kostet|wie teuer"},
    QuestionWords{
        "pt",
        "favor ajuda dizer explicar saber quero preciso posso pode gostaria possivel forma maneira encontrar fazer funciona "
        "informacao pergunta",
        "quanto|quantos|quanta|quantas|quando|que ano|em que data|qual o preço"},
    QuestionWords{
        "it",
        "favore aiuto dire spiegare sapere voglio vorrei posso può possibile modo trovare fare funziona informazione domanda",
        "quanto|quanti|quanta|quante|quando|che anno|in che data|quale percentuale"},
    QuestionWords{
        "ru", "пожалуйста помогите скажите объясните знать хочу нужно можно могу способ найти сделать работает вопрос информация",
        "сколько|когда|в каком году|как долго|как часто|какого числа"},
    QuestionWords{"tr", "lütfen yardım söyle açıkla bilmek istiyorum gerek olur mümkün bulmak yapmak yapabilirim soru bilgi",
                  "kaç|ne kadar|ne zaman|hangi yıl|kaçta"},
    QuestionWords{"zh", "请问 请 想 需要 可以 知道 告诉 怎么 如何", "多少|几|多久|什么时候|何时|哪年|哪一年|多长"},
    QuestionWords{"ja", "教えて ください お願い 知り たい 方法", "いくつ|いくら|何年|何人|何日|いつ|どのくらい|どれくらい|何時"},
    QuestionWords{"ko", "알려 주세요 싶어요 방법 어떻게", "몇|얼마|언제|얼마나"},
    QuestionWords{"th", "ช่วย บอก อยาก ต้องการ ได้ไหม", "เท่าไร|เท่าไหร่|กี่|เมื่อไหร่|เมื่อไร|นานแค่ไหน"},
    QuestionWords{"hi", "कृपया बताइए बताएं मदद चाहिए सकता सकती जानना", "कितना|कितने|कितनी|कब|किस वर्ष"},
    QuestionWords{"ar", "فضلك ساعدني أخبرني أريد اريد أحتاج يمكن يمكنني معرفة طريقة", "كم|متى|في أي عام|ما هو سعر"},
};

}  // namespace guildhall::models
