// Runs before anything is painted: theme, language and direction are on <html> when the first style applies.
import { applyPreferences } from './shell/preferences';

applyPreferences();
