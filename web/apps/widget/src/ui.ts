// The user interface, fetched on first open or idle; hands its entry to the loader.
import { mount } from './panel';

if (window.Guildhall) window.Guildhall.mount = mount;
