// The word lists of intents.cc, one row per language; alternatives are separated by `|`, all in the form normalised_turn gives.
#pragma once

#include <array>
#include <string_view>

namespace guildhall::models {

struct IntentWords {
  std::string_view language;
  bool has_spaces;  ///< words are separated; else phrases match anywhere in a short turn
  std::string_view greeting;
  std::string_view thanks;
  std::string_view farewell;
  std::string_view handover;  ///< asks for a human wherever it occurs
  std::string_view human;     ///< asks for a human when it is the whole turn
  std::string_view filler;    ///< may stand beside the others
};

inline constexpr std::array kIntentWords{
    IntentWords{
        "en", true,
        "hi|hello|hey|hey there|hi there|good morning|good afternoon|good evening|good day|greetings|howdy|how are you",
        "thanks|thank you|thx|many thanks|thanks a lot|cheers|much appreciated|that helped|this helped|perfect thanks|great "
        "thanks",
        "bye|goodbye|good bye|see you|see you later|good night|have a nice day|that is all|that s all|bye bye",
        "speak to a human|talk to a human|speak with a human|talk with a human|talk to a person|speak to a person|speak with a "
        "person|"
        "talk to someone|speak to someone|speak with someone|talk to a real person|speak to a real person|real person please|"
        "talk to an agent|speak to an agent|speak with an agent|talk to a live agent|connect me to a human|connect me to an "
        "agent|"
        "connect me with an agent|connect me with a human|talk to support|human please|want a human|need a human|talk to an "
        "operator|"
        "speak to an operator|speak to a representative|talk to a representative|transfer me to a human|call me back",
        "human|agent|live agent|human agent|operator|representative|a human|real person|support agent|person",
        "there|all|everyone|you|very much|so much|a lot|again|team|please|bot|and|ok|okay|great|perfect|for your help|for the "
        "help|now|then|it"},
    IntentWords{"es", true, "hola|buenos dias|buenos días|buenas tardes|buenas noches|buenas|hola buenas|que tal|qué tal|saludos",
                "gracias|muchas gracias|mil gracias|muy amable|te lo agradezco|se lo agradezco",
                "adios|adiós|hasta luego|hasta pronto|hasta mañana|chao|chau|eso es todo|nos vemos",
                "hablar con una persona|hablar con un humano|hablar con alguien|hablar con un agente|hablar con un operador|"
                "hablar con una persona real|atencion humana|atención humana|persona real por favor|quiero un humano|pasame con "
                "un agente|"
                "pásame con un agente|hablar con soporte",
                "humano|agente|operador|persona|persona real|un humano|una persona",
                "a todos|por todo|por la ayuda|por su ayuda|por favor|muy|y|vale|ok|perfecto"},
    IntentWords{
        "fr", true, "bonjour|bonsoir|salut|coucou|bonne journee|allo|ça va|ca va",
        "merci|merci beaucoup|merci bien|mille mercis|je vous remercie|je te remercie",
        "au revoir|a bientot|à bientôt|bonne soirée|bonne soiree|bonne journée|bonne nuit|c est tout|adieu|à plus|a plus",
        "parler à un humain|parler a un humain|parler à une personne|parler a une personne|parler à quelqu un|parler a quelqu un|"
        "parler à un conseiller|parler a un conseiller|parler à un agent|parler a un agent|parler avec un humain|"
        "parler avec quelqu un|parler avec un conseiller|joindre un conseiller|une vraie personne|un être humain|un etre humain",
        "humain|agent|conseiller|opérateur|operateur|un humain|une personne|un conseiller",
        "à tous|a tous|pour votre aide|pour l aide|s il vous plait|s il vous plaît|svp|et|ok|parfait|d accord"},
    IntentWords{
        "de", true,
        "hallo|hi|hey|guten tag|guten morgen|guten abend|moin|servus|grüß gott|gruss gott|grüss gott|grüssi|grüezi|wie geht es "
        "ihnen|"
        "wie gehts|tag",
        "danke|vielen dank|danke schön|danke schon|dankeschön|herzlichen dank|besten dank|danke sehr|tausend dank",
        "tschüss|tschüß|tschuss|auf wiedersehen|bis bald|ciao|schönen tag|schonen tag|gute nacht|das war alles|das wars|bis dann",
        "mit einem menschen sprechen|mit einem menschen reden|mit einem mitarbeiter sprechen|mit einem mitarbeiter reden|"
        "mit einer person sprechen|mit jemandem sprechen|mit jemandem reden|mit einer echten person|mit einem berater sprechen|"
        "einen menschen sprechen|einen mitarbeiter sprechen|menschlichen mitarbeiter|echten menschen|menschen bitte|"
        "mitarbeiter bitte|verbinden sie mich mit",
        "mensch|mitarbeiter|berater|ein mensch|kundenberater|support mitarbeiter|agent",
        "zusammen|alle|an alle|ihnen|dir|euch|für die hilfe|fur die hilfe|für ihre hilfe|bitte|und|ok|okay|super|perfekt|noch"},
    IntentWords{
        "pt", true, "olá|ola|oi|bom dia|boa tarde|boa noite|e aí|tudo bem|saudações",
        "obrigado|obrigada|muito obrigado|muito obrigada|valeu|agradeço|agradecido|agradecida",
        "tchau|adeus|até logo|ate logo|até mais|ate mais|até amanhã|é tudo|e tudo",
        "falar com um humano|falar com uma pessoa|falar com alguém|falar com alguem|falar com um atendente|falar com um agente|"
        "falar com uma pessoa real|atendimento humano|falar com o suporte|quero um atendente",
        "humano|atendente|agente|operador|pessoa|um humano|uma pessoa",
        "a todos|pela ajuda|pela sua ajuda|por favor|muito|e|ok|perfeito"},
    IntentWords{
        "it", true, "ciao|salve|buongiorno|buonasera|buon giorno|buona sera|buon pomeriggio|come va|come stai",
        "grazie|grazie mille|molte grazie|tante grazie|la ringrazio|ti ringrazio",
        "arrivederci|a presto|addio|buonanotte|buona notte|buona giornata|è tutto|e tutto|ci vediamo",
        "parlare con una persona|parlare con un umano|parlare con qualcuno|parlare con un operatore|parlare con un agente|"
        "parlare con un essere umano|parlare con una persona reale|assistenza umana|operatore umano|vorrei un operatore",
        "umano|operatore|agente|persona|una persona|un umano", "a tutti|per l aiuto|per il suo aiuto|per favore|e|ok|perfetto"},
    IntentWords{
        "ru", true, "привет|здравствуйте|здравствуй|добрый день|доброе утро|добрый вечер|приветствую|доброго дня|как дела",
        "спасибо|большое спасибо|спасибо большое|благодарю|спасибо вам|очень благодарен|очень благодарна",
        "до свидания|пока|всего доброго|всего хорошего|до встречи|спокойной ночи|это всё|это все",
        "поговорить с человеком|говорить с человеком|поговорить с оператором|связаться с оператором|соедините с оператором|"
        "соедините с человеком|позовите оператора|позовите человека|живой человек|живым человеком|нужен оператор|нужен человек|"
        "поговорить с сотрудником|переключите на оператора",
        "оператор|человек|агент|сотрудник|оператора|человека", "всем|вам|за помощь|пожалуйста|и|ок|отлично|хорошо"},
    IntentWords{
        "tr", true,
        "merhaba|selam|günaydın|gunaydin|iyi günler|iyi gunler|iyi akşamlar|iyi aksamlar|selamlar|nasılsınız|nasilsiniz",
        "teşekkürler|tesekkurler|teşekkür ederim|tesekkur ederim|çok teşekkürler|çok teşekkür ederim|sağ olun|sağol|sag ol",
        "hoşça kal|hosca kal|hoşça kalın|güle güle|gule gule|görüşürüz|gorusuruz|iyi geceler|hepsi bu|bu kadar",
        "bir insanla konuşmak|insanla konuşmak|biriyle konuşmak|bir yetkiliyle|yetkiliyle görüşmek|temsilciyle görüşmek|"
        "müşteri temsilcisi|musteri temsilcisi|canlı destek|canli destek|operatöre bağla|temsilciye bağla|gerçek bir kişi",
        "insan|temsilci|yetkili|operatör|operator", "herkese|size|yardımınız için|yardım için|lütfen|lutfen|ve|tamam"},
    IntentWords{"zh", false, "你好|您好|嗨|早上好|下午好|晚上好|大家好|哈喽|在吗",
                "谢谢|多谢|非常感谢|感谢|谢谢你|谢谢您|谢了|辛苦了", "再见|拜拜|回头见|晚安|没事了|没有了",
                "转人工|人工客服|人工服务|真人客服|找人工|联系客服|和真人|跟真人|接人工|请转人工|找客服", "人工|客服|真人",
                "啊|呀|吧|了|好的|好|的|请"},
    IntentWords{"ja", false, "こんにちは|こんばんは|おはよう|おはようございます|はじめまして|やあ|もしもし",
                "ありがとう|ありがとうございます|ありがとうございました|どうも|感謝します|助かりました",
                "さようなら|さよなら|バイバイ|おやすみ|おやすみなさい|失礼します|以上です",
                "人と話し|担当者と話|オペレーターと話|オペレーターにつな|担当者につな|有人対応|人間と話|担当者をお願い|"
                "オペレーターをお願い|担当者に代わ|有人チャット",
                "オペレーター|担当者|人間|有人", "です|ね|よ|どうも|とても|本当に|お願いします|はい"},
    IntentWords{"ko", false, "안녕|안녕하세요|안녕하십니까|반갑습니다|여보세요|하이",
                "감사합니다|고맙습니다|고마워요|고마워|감사해요|감사",
                "안녕히 계세요|안녕히 가세요|잘 있어요|잘 가요|바이바이|수고하세요|이상입니다|안녕히 주무세요",
                "상담원 연결|상담원과|상담사와|상담원이랑|사람과 대화|사람과 이야기|사람이랑|상담원 부탁|상담원을 "
                "연결|담당자와|담당자 연결|실제 사람",
                "상담원|상담사|담당자|사람", "정말|매우|네|대단히|너무|요"},
    IntentWords{"th", false, "สวัสดี|สวัสดีครับ|สวัสดีค่ะ|หวัดดี|ดีครับ|ดีค่ะ|อรุณสวัสดิ์", "ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ขอบคุณมาก|ขอบใจ",
                "ลาก่อน|บาย|บ๊ายบาย|แล้วเจอกัน|ราตรีสวัสดิ์",
                "คุยกับเจ้าหน้าที่|คุยกับคน|ติดต่อเจ้าหน้าที่|ขอสายเจ้าหน้าที่|พูดกับเจ้าหน้าที่|คุยกับแอดมิน|ติดต่อแอดมิน|คุยกับพนักงาน",
                "เจ้าหน้าที่|แอดมิน|พนักงาน|คน", "ครับ|ค่ะ|คะ|นะ|มาก|จ้า|ๆ"},
    IntentWords{"hi", true, "नमस्ते|नमस्कार|हैलो|हेलो|सुप्रभात|शुभ संध्या|प्रणाम|हाय", "धन्यवाद|शुक्रिया|बहुत धन्यवाद|बहुत बहुत धन्यवाद|आभार|थैंक यू",
                "अलविदा|फिर मिलेंगे|शुभ रात्रि|बाय|बस इतना ही",
                "इंसान से बात|व्यक्ति से बात|किसी से बात|एजेंट से बात|ऑपरेटर से बात|असली व्यक्ति|प्रतिनिधि से बात|मनुष्य से बात|ग्राहक सेवा से बात",
                "इंसान|एजेंट|ऑपरेटर|प्रतिनिधि|व्यक्ति", "जी|आपका|आपको|सहायता के लिए|कृपया|और|ठीक है"},
    IntentWords{"ar", true, "مرحبا|مرحبًا|السلام عليكم|اهلا|أهلا|أهلاً|صباح الخير|مساء الخير|أهلا وسهلا|هلا|كيف حالك",
                "شكرا|شكرًا|شكراً|شكرا جزيلا|شكرًا جزيلًا|شكرا لك|شكرًا لك|جزاك الله خيرا|ممتن",
                "مع السلامة|وداعا|إلى اللقاء|الى اللقاء|تصبح على خير|هذا كل شيء|باي",
                "التحدث مع شخص|التحدث إلى شخص|التحدث الى شخص|التحدث مع إنسان|التحدث مع موظف|التحدث إلى موظف|التحدث مع انسان|"
                "خدمة العملاء|أريد التحدث مع|اريد التحدث مع|تحويلي إلى موظف|شخص حقيقي|موظف بشري",
                "موظف|إنسان|انسان|شخص|وكيل", "جزيلا|جزيلًا|لك|لكم|من فضلك|على المساعدة|و|حسنا|جدا"},
};

}  // namespace guildhall::models
