/** The views besides flights and files: each a module of its own, loaded when it is first shown. */
import type { MapPane } from './map/pane';

/** What a view may use. The map is the page's one map, made after the list; a view draws layers of its own on it. */
export interface World {
  map: Promise<MapPane>;
  /** The place under the map; who fills it empties it when hidden. */
  deck: HTMLElement;
}

export interface View {
  readonly element: HTMLElement;
  /** Show what the address says after the view's name: #/NAME/path?params. */
  show(path: string[], params: URLSearchParams): void;
  /** Something changed on the server. */
  refresh?(): void;
  /** Another view is shown now: take what it drew off the map. */
  hide?(): void;
}

export interface ViewKind {
  name: string;
  label: string;
  /** Over the whole width, without the map. */
  wide: boolean;
  /** Where it has no link in the bar of its own: under which other one it is. */
  under?: string;
  load(): Promise<{ makeView(world: World): View }>;
}

export const VIEWS: readonly ViewKind[] = [
  { name: 'photos', label: 'Photos', wide: false, load: () => import('./photos/page') },
  { name: 'findings', label: 'Findings', wide: false, load: () => import('./findings/page') },
  { name: 'review', label: 'Sharing', wide: true, load: () => import('./review/page') },
  { name: 'plan', label: 'Plan', wide: false, load: () => import('./plan/page') },
  { name: 'crop', label: 'Fields', wide: false, load: () => import('./crop/page') },
  { name: 'logbook', label: 'Logbook', wide: true, load: () => import('./logbook/page') },
  { name: 'fleet', label: 'Fleet', wide: true, load: () => import('./fleet/page') },
  { name: 'compare', label: 'Compare', wide: false, under: 'flights', load: () => import('./compare/page') },
];

/** Make each view when it is first shown, and keep it. */
export class Views {
  private readonly made = new Map<string, View>();
  private shown: View | null = null;

  constructor(
    private readonly world: World,
    private readonly panel: HTMLElement,
    private readonly kinds: readonly ViewKind[] = VIEWS,
  ) {}

  kind(name: string): ViewKind | undefined {
    return this.kinds.find((each) => each.name === name);
  }

  async show(name: string, path: string[], params: URLSearchParams): Promise<void> {
    const view = await this.view(name);
    if (!view) return;
    if (view !== this.shown) this.hide();
    this.shown = view;
    view.element.hidden = false;
    view.show(path, params);
  }

  hide(): void {
    if (!this.shown) return;
    this.shown.element.hidden = true;
    this.shown.hide?.();
    this.shown = null;
  }

  refresh(): void {
    this.shown?.refresh?.();
  }

  private async view(name: string): Promise<View | null> {
    const there = this.made.get(name);
    if (there) return there;
    const module = await this.kind(name)?.load();
    const raced = this.made.get(name);
    if (!module || raced) return raced ?? null;
    const view = module.makeView(this.world);
    this.made.set(name, view);
    this.panel.append(view.element);
    return view;
  }
}
