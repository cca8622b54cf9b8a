// Every catalogue at once: for the build and the tests. A page loads one.
import ar from '../widget/ar.json';
import de from '../widget/de.json';
import en from '../widget/en.json';
import es from '../widget/es.json';
import fr from '../widget/fr.json';
import hi from '../widget/hi.json';
import it from '../widget/it.json';
import ja from '../widget/ja.json';
import ko from '../widget/ko.json';
import pt from '../widget/pt.json';
import ru from '../widget/ru.json';
import th from '../widget/th.json';
import tr from '../widget/tr.json';
import zhHans from '../widget/zh-Hans.json';
import type { Texts } from './index';
import type { Language } from './language';

export const catalogues: Readonly<Record<Language, Texts>> = { ar, de, en, es, fr, hi, it, ja, ko, pt, ru, th, tr, 'zh-Hans': zhHans };
