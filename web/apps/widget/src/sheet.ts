// On small screens the dialog is a sheet over the whole page: it keeps to what the keyboard leaves visible, and the back button
// closes it.

function isOurs(): boolean {
  return (history.state as { guildhall?: boolean } | null)?.guildhall === true;
}

export class Sheet {
  private readonly small = matchMedia('(max-width:480px),(max-height:420px)');
  private isShown = false;
  private hasEntry = false;
  private overflow = '';

  constructor(
    private readonly panel: HTMLElement,
    private readonly onBack: () => void,
  ) {
    this.small.addEventListener('change', this.fit);
    addEventListener('popstate', this.back);
  }

  show(): void {
    this.isShown = true;
    if (this.small.matches) {
      // A dialog built anew over the old one's entry takes that over.
      if (!isOurs()) history.pushState({ ...(history.state as object | null), guildhall: true }, '');
      this.hasEntry = true;
      this.overflow = document.documentElement.style.overflow;
      document.documentElement.style.overflow = 'hidden';
    }
    visualViewport?.addEventListener('resize', this.fit);
    visualViewport?.addEventListener('scroll', this.fit);
    this.fit();
  }

  hide(): void {
    this.isShown = false;
    visualViewport?.removeEventListener('resize', this.fit);
    visualViewport?.removeEventListener('scroll', this.fit);
    if (!this.hasEntry) return;
    this.hasEntry = false;
    document.documentElement.style.overflow = this.overflow;
    if (isOurs()) history.back();
  }

  /** Leaves the entry of a sheet that is shown: another takes it over, or hide() was called before. */
  destroy(): void {
    this.isShown = false;
    if (this.hasEntry) document.documentElement.style.overflow = this.overflow;
    visualViewport?.removeEventListener('resize', this.fit);
    visualViewport?.removeEventListener('scroll', this.fit);
    this.small.removeEventListener('change', this.fit);
    removeEventListener('popstate', this.back);
  }

  private readonly back = (): void => {
    if (!this.hasEntry || isOurs()) return;
    this.onBack();
  };

  private readonly fit = (): void => {
    const isSheet = this.isShown && this.small.matches && visualViewport;
    this.panel.style.blockSize = isSheet ? `${visualViewport?.height ?? 0}px` : '';
    this.panel.style.transform = isSheet && visualViewport?.offsetTop ? `translateY(${visualViewport.offsetTop}px)` : '';
  };
}
