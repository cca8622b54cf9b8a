// Stop words of the languages that have a list.
#include "language/stop_words.h"

#include <map>
#include <string>
#include <unordered_set>

#include "knowledge/language.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

constexpr std::string_view kEnglish =
    "a about above after again all also am an and any are as at be because been before being between both but by can cannot "
    "could did do does doing don't for from had has have having he her here hers him his how i i'm i've if in into is isn't it "
    "it's its itself just me more most my myself no nor not of off on once only or other our ours out over own please same she "
    "should so some such than that that's the their theirs them then there these they this those through to too under until up "
    "very was we were what what's when where which while who whom whose why will with would you your yours yourself";
constexpr std::string_view kGerman =
    "aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei bin bis bist "
    "bitte da damit dann das dass dein deine deinem deinen deiner dem den denn der des dich die dies diese diesem diesen dieser "
    "dieses dir doch dort du durch ein eine einem einen einer eines er es etwas euch euer eure für gegen gibt habe haben hat "
    "hatte hatten hier hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ist jede jedem jeden jeder jedes jetzt kann "
    "kannst können könnte mein meine meinem meinen meiner mich mir mit muss müssen nach nicht noch nun nur ob oder ohne sehr "
    "sein "
    "seine seinem seinen seiner sich sie sind so soll sollte sondern sowie über um und uns unser unsere unter vom von vor wann "
    "war waren warum was weil welche welchem welchen welcher welches wenn wer werde werden wie wieder will wir wird wo woher "
    "wohin würde zu zum zur zwischen";
constexpr std::string_view kSpanish =
    "a al algo algún alguna algunas alguno algunos ante antes como cómo con contra cual cuál cuales cuáles cuando cuándo cuánto "
    "cuánta cuántos cuántas de del desde donde dónde durante e el él ella ellas ellos en entre era eran es esa esas ese eso esos "
    "esta está están estas este esto estos estoy fue fueron ha había han has hasta hay he la las le les lo los más me mi mí mis "
    "mucho muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro otros para pero poco por porque "
    "puede pueden puedo qué que quién quien quiénes se sea ser si sí sido sin sobre son soy su sus también tan tanto te tengo "
    "tiene tienen todo todos tu tú tus un una unas uno unos usted ustedes y ya yo";
constexpr std::string_view kFrench =
    "à ai ainsi alors après as au aucun aussi autre autres aux avant avec avez avoir avons c'est ce cela ces cet cette ceux "
    "chaque "
    "chez comme comment d dans de des du dois elle elles en encore entre es est et était être eu eux fait faire il ils j je l la "
    "le les leur leurs lui m ma mais me même mes moi mon n ne nos notre nous on ont ou où par pas peu peut peux plus pour "
    "pourquoi puis puis-je qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si son sont sous sur t ta te "
    "tes "
    "toi ton tous tout toute toutes très tu un une vos votre vous y";
constexpr std::string_view kPortuguese =
    "a à ao aos aquela aquele aqueles aquilo as às até com como da das de dela dele deles depois do dos e é ela elas ele eles em "
    "entre era essa essas esse esses esta está estão estas este estes estou eu foi foram há isso isto já lhe lhes mais mas me "
    "mesmo meu meus minha minhas muito na não nas nem no nos nós nossa nossas nosso nossos num numa o onde os ou para pela pelas "
    "pelo pelos pode podem por porque posso qual quais quando quanto quantos que quê quem são se seja sem ser seu seus só sob "
    "sobre sua suas também te tem têm tenho teu teus tu tua tuas um uma umas uns você vocês";
constexpr std::string_view kItalian =
    "a abbiamo ad agli ai al alla alle allo anche avere c che chi ci cioè col come con così cosa cui d da dagli dai dal dalla "
    "dalle "
    "dallo degli dei del della delle dello devo di dove e è ed era essere fa fare gli ha hai hanno ho i il in io l la le lei li "
    "lo "
    "loro lui ma me mi mia mie miei mio molto ne negli nei nel nella nelle nello noi non nostra nostre nostri nostro o ogni per "
    "perché più poi possiamo posso può qual quale quali quando quanto quanti quella quelle quelli quello questa queste questi "
    "questo qui se sei senza si sia sono sta su sua sue sugli sui sul sulla sulle suo suoi tra tu tua tuo tuoi tutti tutto un "
    "una "
    "uno vi voi vostra vostro";
constexpr std::string_view kDutch =
    "aan al alle als altijd andere ben bij daar dan dat de deze die dit doch doen door dus een eens en er ge geen geweest haar "
    "had "
    "heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je jij jouw kan kunnen kunt maar me meer men met mij mijn "
    "moet moeten na naar niet niets nog nu of om omdat onder ons onze ook op over reeds te tegen toch toen tot u uit uw van veel "
    "voor waar waarom wanneer want waren was wat we welke werd wezen wie wij wil worden wordt zal ze zelf zich zij zijn zo "
    "zonder "
    "zou";
constexpr std::string_view kRussian =
    "а без более бы был была были было быть в вам вас весь во вот все всё всего всех вы где да даже для до его ее её если есть "
    "еще "
    "ещё же за зачем здесь и из или им их к как какая какие какой каком когда который которая которые кто куда ли лучше между "
    "меня "
    "мне много может можно мой моя мы на над надо нас не него нее ней нельзя нет ни них но ну о об один он она они оно от "
    "перед по под после потом потому почему при про с сам свой свою себе себя сколько со так также такой там тебя тем теперь то "
    "тогда того тоже только том тот ты у уже хоть чего чей чем через что чтобы эта эти это этого этой этом этот эту я";
constexpr std::string_view kTurkish =
    "acaba ama ancak artık aslında az bana bazı belki ben benden beni benim bir biraz birçok biri bize bizi bizim bu buna bunda "
    "bundan bunu bunun burada çok çünkü da daha de değil diye en gibi göre hangi hem hep hepsi her hiç için ile ise kadar kendi "
    "ki "
    "kim kime kimin mı mi mu mü nasıl ne neden nedir nerede nereye niçin niye o olan olarak oldu olduğu olur ona onlar onu onun "
    "sana sen seni senin siz size sizi sizin sonra şey şu şunu tüm var ve veya ya yani yok";
constexpr std::string_view kSwedish =
    "alla allt att av bara blev bli blir de dem den denna deras dess dessa det detta dig din dina ditt du där efter ej eller en "
    "er "
    "ert ett från för ha hade han hans har henne hennes hon honom hur här i icke ingen inte jag ju kan kunde man med mellan men "
    "mig "
    "min mina mitt mot mycket ni nu när någon något några och om oss på sedan sig sin sina sitt ska skulle som så till under upp "
    "ut "
    "utan vad var vara varför vem vi vid vilka vilken vilket är över";
constexpr std::string_view kPolish =
    "a aby ale albo bo by być był była było były co czy czyli dla do gdy gdzie go i ich ile im ja jak jaka jaki jakie jako je "
    "jego "
    "jej jest jestem jeśli już każdy kiedy kto która które który ma mam mi mnie może można mój moja moje na nad nas nasz nie "
    "nich nim "
    "niż o od on ona one oni oraz po pod poza przed przez przy są się skąd swój ta tak także tam te tego tej ten to tu twój ty "
    "tych "
    "tylko tym u w we wam was wasz więc wy z za ze że";

using WordSet = std::unordered_set<std::string_view>;

const std::map<std::string_view, WordSet>& stop_word_sets() {
  static const auto sets = [] {
    std::map<std::string_view, WordSet> all;
    for (const std::string_view language : kStopWordLanguages) {
      WordSet& set = all[language];
      std::string_view rest = stop_word_list(language);
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        set.insert(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return all;
  }();
  return sets;
}

}  // namespace

std::string_view stop_word_list(std::string_view language) {
  if (language == "en") return kEnglish;
  if (language == "de") return kGerman;
  if (language == "es") return kSpanish;
  if (language == "fr") return kFrench;
  if (language == "pt") return kPortuguese;
  if (language == "it") return kItalian;
  if (language == "nl") return kDutch;
  if (language == "ru") return kRussian;
  if (language == "tr") return kTurkish;
  if (language == "sv") return kSwedish;
  if (language == "pl") return kPolish;
  return {};
}

bool in_stop_word_list(std::string_view folded_word, std::string_view language) {
  const auto& sets = stop_word_sets();
  const auto found = sets.find(language);
  return found != sets.end() && found->second.contains(folded_word);
}

bool is_stop_word(std::string_view term, std::string_view language) {
  return in_stop_word_list(term, primary_language(language));
}

}  // namespace guildhall::knowledge
