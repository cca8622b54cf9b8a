// The embedded list of the commonest passwords: what people type first when a form asks for twelve characters.
#include "common_passwords.h"

#include <algorithm>
#include <array>

namespace guildhall::identity {
namespace {

// Sorted bytewise.
// clang-format off
constexpr std::array<std::string_view, 559> kCommonPasswords{
    "000000000000", "0123456789", "01234567890", "012345678910", "0987654321", "098765432101", "101010101010", "111111111111",
    "112233", "11223344", "1122334455", "112233445566", "121212121212", "123", "123123", "123321", "1234", "12345",
    "123454321", "123456", "123456654321", "1234567", "12345678", "123456789", "1234567890", "123456789012", "1234567890123",
    "12345678910", "131313", "147258369", "159753", "1a2b3c4d", "1a2b3c4d5e", "1a2b3c4d5e6f", "1q2w3e4r", "1q2w3e4r5t",
    "1q2w3e4r5t6y", "1qaz2wsx", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "1qazxsw2", "232323", "654321", "666666", "696969",
    "741852963", "777777", "789456123", "888888", "987654321", "9876543210", "999999", "a1b2c3", "a1b2c3d4", "a1b2c3d4e5",
    "a1b2c3d4e5f6", "aaaaaa", "abc", "abc123", "abcabc", "abcd", "abcd1234", "abcdef", "abcdefg", "abcdefgh", "abcdefghi",
    "abcdefghij", "abcdefghijk", "abcdefghijkl", "abcdefghijklm", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz", "admin",
    "adminadmin", "administrator", "adminpassword", "alexander", "alexandra", "amanda", "america", "american", "andrew",
    "android", "angel", "angels", "anthony", "apple", "april", "arsenal", "arsenalfc", "artificialintelligence", "asd123",
    "asdasd", "asdf", "asdfgh", "asdfghj", "asdfghjk", "asdfghjkl", "asdfghjklö", "ashley", "asshole", "assistant", "august",
    "australia", "autumn", "azerty", "azertyuiop", "babyboy", "babygirl", "bailey", "banana", "barcelona", "baseball",
    "basketball", "batman", "batterystaple", "bayern", "bbbbbb", "beautiful", "benjamin", "berlin", "bestfriend",
    "bestfriends", "bestfriendsforever", "bitch", "blessed", "blessing", "blink182", "bmw", "brazil", "brother", "buffalo",
    "bulldog", "business", "buster", "butterfly", "california", "callofduty", "camaro", "canada", "cantremember",
    "captainamerica", "changeit", "changeme", "changepassword", "changethis", "charizard", "charlie", "charlotte", "chatbot",
    "chatgpt", "cheese", "chelsea", "chelseafc", "cherry", "chicken", "children", "china", "chocolate", "christ", "christian",
    "christopher", "coffee", "company", "companypassword", "computer", "consulting", "contrasena", "contraseña", "cookie",
    "corporate", "correcthorse", "correcthorsebatterystaple", "corvette", "cougar", "counterstrike", "cowboys", "cricket",
    "daddy", "dancing", "daniel", "darling", "database", "deadpool", "december", "default", "defaultpassword", "demo",
    "demodemo", "doggie", "dollar", "dollars", "dolphin", "dontforget", "donttellanyone", "dragon", "drummer", "eagle",
    "elephant", "elizabeth", "eminem", "employee", "england", "enterprise", "example", "facebook", "falcon", "family",
    "familyfirst", "father", "february", "ferrari", "finance", "florida", "flower", "flowers", "football", "forever",
    "foreveryoung", "forgotpassword", "fortnite", "france", "freedom", "friday", "friends", "fuckoff", "fuckyou", "gabriel",
    "gandalf", "george", "germany", "ginger", "giraffe", "godisgood", "golfer", "goodbye", "google", "googlegoogle",
    "gorgeous", "grandma", "grandpa", "gryffindor", "guest", "guildhall", "guildhallguildhall", "guitar", "hallelujah",
    "harley", "harleydavidson", "harrypotter", "haslo", "heaven", "hello", "hellokitty", "helloworld", "heslo", "hiphop",
    "hockey", "hogwarts", "honda", "honey", "hunter", "idontknow", "iforgot", "iforgotit", "ilovegod", "ilovejesus",
    "iloveme", "ilovemom", "ilovemymom", "ilovemyself", "iloveu", "iloveyou", "iloveyousomuch", "india", "instagram",
    "internet", "iphone", "ironman", "isabella", "itsasecret", "itsmypassword", "jackson", "jaguar", "january", "japan",
    "jennifer", "jessica", "jesus", "jesus1st", "jesuschrist", "jesusislord", "jonathan", "jordan", "jordan23", "joshua",
    "july", "june", "juventus", "kawasaki", "killer", "king", "kitten", "kitty", "lamborghini", "langflow", "lazydog",
    "letmein", "letmeinnow", "letmeinplease", "liberty", "linkedin", "lion", "liverpool", "liverpoolfc", "lkjhgfdsa", "login",
    "loginlogin", "logmein", "london", "lovelove", "lovely", "loveme", "lovers", "loveyou", "macintosh", "maggie", "manager",
    "manchester", "manchesterunited", "march", "marketing", "master", "masterkey", "matrix", "matthew", "mercedes",
    "metallica", "mexico", "michael", "michelle", "microsoft", "million", "millionaire", "minecraft", "mississippi",
    "mnbvcxz", "mommy", "monday", "money", "moneymoney", "monkey", "motdepasse", "mother", "music", "musicislife", "mustang",
    "mypassword", "mypasswordis", "mysecret", "mysql", "naruto", "nathaniel", "nevermind", "newpassword", "newyork",
    "newyorkcity", "nicholas", "nicole", "ninja", "nintendo", "nirvana", "nopassword", "nothing", "november", "october",
    "office", "oldpassword", "openai", "opensesame", "openthedoor", "openup", "operator", "oracle", "orange", "p@ssw0rd",
    "p@ssword", "pa55word", "packers", "panther", "paris", "parola", "passcode", "passkey", "passphrase", "passw0rd",
    "password", "passwordisword", "passwordmanager", "passwordpassword", "passwort", "patriots", "penguin", "pepper",
    "phoenix", "pianoman", "pikachu", "pineapple", "pirate", "playstation", "pleasechange", "poiuytrewq", "pokemon",
    "porsche", "postgres", "praisethelord", "prince", "princess", "puppy", "q1w2e3r4", "q1w2e3r4t5", "q1w2e3r4t5y6", "qazwsx",
    "qazwsxedc", "qazwsxedcrfv", "queen", "quickbrownfox", "qwe123", "qweasd", "qweasdzxc", "qweqwe", "qwerty", "qwertyu",
    "qwertyui", "qwertyuio", "qwertyuiop", "qwertz", "qwertzuiop", "rainbow", "realmadrid", "redskins", "remember",
    "rememberme", "richard", "robert", "rocknroll", "rockstar", "root", "rootroot", "runescape", "russia", "samantha",
    "sample", "samsung", "saturday", "sebastian", "secret", "senha", "september", "server", "service", "sesame", "shadow",
    "sifre", "signin", "sister", "skateboard", "skywalker", "slipknot", "snowboard", "soccer", "softball", "sonic",
    "spiderman", "spring", "springtime", "stallion", "starcraft", "startrek", "starwars", "steelers", "stephanie",
    "strawberry", "summer", "summertime", "sunday", "sunflower", "sunshine", "supercalifragilisticexpialidocious", "superman",
    "superuser", "support", "suzuki", "sweetheart", "sweetie", "swimming", "sysadmin", "system", "systemadmin", "taylor",
    "temp", "temporary", "tennis", "terminator", "test", "tester", "testing", "testtest", "texas", "thepassword",
    "thequickbrownfox", "thisisapassword", "thisismypassword", "thomas", "thursday", "tiger", "toor", "topsecret", "toyota",
    "trustno", "trustno1", "trustnoone", "tuesday", "twitter", "userpassword", "veronica", "victoria", "volleyball",
    "wachtwoord", "waldur", "warcraft", "wednesday", "welcome", "welcomeback", "welcomehome", "whatever", "whateveryouwant",
    "whatisthis", "william", "windows", "winter", "wintertime", "wolverine", "worldofwarcraft", "xbox", "xxxxxx", "yamaha",
    "yankees", "yourpassword", "youtube", "zaq1zaq1", "zaqwsx", "zelda", "zxc123", "zxcasdqwe", "zxcvb", "zxcvbn", "zxcvbnm",
    "zzzzzz",
};
// clang-format on
static_assert(std::is_sorted(kCommonPasswords.begin(), kCommonPasswords.end()));

bool is_listed(std::string_view word) {
  return std::binary_search(kCommonPasswords.begin(), kCommonPasswords.end(), word);
}

}  // namespace

bool is_common_password(std::string_view folded) {
  if (folded.empty() || is_listed(folded)) return !folded.empty();
  for (std::size_t length = 1; length <= folded.size() / 2; ++length) {
    if (folded.size() % length != 0) continue;
    const std::string_view unit = folded.substr(0, length);
    bool repeats = true;
    for (std::size_t at = length; repeats && at < folded.size(); at += length) repeats = folded.substr(at, length) == unit;
    if (repeats && (length <= 2 || is_listed(unit))) return true;
  }
  return false;
}

}  // namespace guildhall::identity
