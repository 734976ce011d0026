import { addDays, type LocalDate } from '../../domain/calendar.ts'

/**
 * The sample: invented customers of a cement company, with open items from 150 days past due to 45 ahead. The same
 * every time for the same day.
 */

const COLUMNS =
  'customer,customer_name,segment,branch,language,time_zone,analyst,payer,contact_name,email,phone,document,kind,currency,original,open,issued,due,site,order_number'

interface SampleCustomer {
  code: string
  name: string
  segment: 'distributor' | 'builder' | 'industrial'
  branch: string
  zone: string
  language: 'es-MX' | 'en'
  currency: 'MXN' | 'USD'
  analyst: string
  payer: string
  contact: string
  /** Empty: nobody has told the address yet. */
  email: string
  sites: string[]
  /** How many days after the due date this one usually pays. */
  habit: number
}

const PLACES = [
  {
    branch: 'Monterrey',
    zone: 'America/Monterrey',
    towns: ['Apodaca', 'Guadalupe', 'San Nicolás', 'Saltillo'],
  },
  {
    branch: 'Guadalajara',
    zone: 'America/Mexico_City',
    towns: ['Zapopan', 'Tlaquepaque', 'Tepatitlán', 'Ocotlán'],
  },
  { branch: 'Mérida', zone: 'America/Merida', towns: ['Progreso', 'Tizimín', 'Umán', 'Valladolid'] },
  { branch: 'Tijuana', zone: 'America/Tijuana', towns: ['Rosarito', 'Ensenada', 'Tecate', 'Mexicali'] },
] as const

const DISTRIBUTORS = ['Materiales', 'Ferretera', 'Distribuidora', 'Cementos y Aceros', 'Comercializadora']
const FAMILIES = [
  'Núñez',
  'Peña',
  'Ibáñez',
  'Güereña',
  'Ávila',
  'Treviño',
  'Zúñiga',
  'Muñoz',
  'Cantú',
  'Yáñez',
  'Ordóñez',
  'Acuña',
]
const BUILDERS = ['Constructora', 'Edificaciones', 'Desarrollos', 'Obras y Proyectos']
const WORKS = [
  'Torre Ámbar',
  'Libramiento Sur',
  'Puente El Águila',
  'Residencial Las Peñas',
  'Nave 7',
  'Hospital Regional',
]
const INDUSTRIES = ['Prefabricados', 'Concretos', 'Bloquera', 'Tubos y Postes']
const ABROAD = [
  'Rio Grande Ready Mix',
  'Lone Star Precast',
  'Baja Border Builders',
  'Sonora Pacific Supply',
  'Caribbean Block Co.',
]
const PEOPLE = [
  'Sofía Ramírez',
  'José Ángel Peña',
  'María Fernanda Núñez',
  'Íñigo Salazar',
  'Lucía Ibáñez',
  'Raúl Güemes',
  'Mónica Ávila',
  'Héctor Zúñiga',
]
const ANALYSTS = ['ana.lopez', 'bruno.diaz', 'carla.munoz', 'diego.pena']

/** Numbers that look random and are the same on every machine (mulberry32). */
function makeChance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A CSV in the standard profile's columns; due dates count from `today`. */
export function samplePortfolio(today: LocalDate, customers = 60, receivables = 600): string {
  const chance = makeChance(20_261)
  const all = Array.from({ length: customers }, (_, index) => sampleCustomer(index, chance))
  const lines = Array.from({ length: receivables }, (_, index) =>
    sampleItem(all[index % customers]!, index, today, chance),
  )
  return `${[COLUMNS, ...lines.map((cells) => cells.map(quoted).join(','))].join('\n')}\n`
}

function sampleCustomer(index: number, chance: () => number): SampleCustomer {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)]!
  const place = PLACES[index % PLACES.length]!
  const segment = (['distributor', 'distributor', 'builder', 'industrial'] as const)[
    Math.floor(index / 4) % 4
  ]!
  const abroad = index % 12 === 11
  const family = FAMILIES[index % FAMILIES.length]!
  const name = abroad
    ? ABROAD[Math.floor(index / 12) % ABROAD.length]!
    : segment === 'distributor'
      ? `${pick(DISTRIBUTORS)} ${family} de ${pick(place.towns)}, S.A. de C.V.`
      : segment === 'builder'
        ? `${pick(BUILDERS)} ${family}, S.A. de C.V.`
        : `${pick(INDUSTRIES)} ${family} de ${pick(place.towns)}, S. de R.L.`
  const code = `C-${1001 + index}`
  return {
    code,
    name,
    segment,
    branch: place.branch,
    zone: place.zone,
    language: abroad ? 'en' : 'es-MX',
    currency: abroad ? 'USD' : 'MXN',
    analyst: ANALYSTS[index % ANALYSTS.length]!,
    // A family that buys under two names and pays from one account.
    payer: index % 20 === 13 ? `C-${1001 + index - 12}` : '',
    contact: pick(PEOPLE),
    email: index % 15 === 8 ? '' : `pagos.${code.toLowerCase().replace('-', '')}@example.com`,
    sites: segment === 'builder' ? [pick(WORKS), pick(WORKS)] : [],
    habit: Math.floor(chance() * 45),
  }
}

function sampleItem(
  customer: SampleCustomer,
  index: number,
  today: LocalDate,
  chance: () => number,
): string[] {
  const credit = index % 25 === 24
  // Most items are young; a customer's habit decides how old its oldest are.
  const daysLate = Math.round(
    customer.habit + 105 * chance() ** 3 - 45 * chance() - customer.habit * chance(),
  )
  const due = addDays(today, -Math.max(-45, Math.min(150, index % 97 === 0 ? 150 : daysLate)))
  const term = customer.segment === 'industrial' ? 45 : customer.segment === 'builder' ? 60 : 30
  const pesos =
    Math.round((customer.segment === 'distributor' ? 8_000 : 45_000) * (0.3 + 2.5 * chance()) * 100) / 100
  const amount = customer.currency === 'USD' ? pesos / 18 : pesos
  const original = credit ? -amount / 12 : amount
  const open = !credit && index % 11 === 5 ? original * 0.6 : original
  const agreed = addDays(due, -term)
  const issued = credit ? addDays(today, -Math.round(40 * chance())) : agreed < today ? agreed : today
  return [
    customer.code,
    customer.name,
    customer.segment,
    customer.branch,
    customer.language,
    customer.zone,
    customer.analyst,
    customer.payer,
    customer.email === '' ? '' : customer.contact,
    customer.email,
    `+52 81 5555 ${String(1000 + (index % 60) * 7).padStart(4, '0')}`,
    `${credit ? 'NC' : 'F'}-${String(20_001 + index)}`,
    credit ? 'credit_note' : 'invoice',
    customer.currency,
    original.toFixed(2),
    open.toFixed(2),
    issued,
    credit ? issued : due,
    customer.sites[index % Math.max(1, customer.sites.length)] ?? '',
    credit ? '' : `P-${70_001 + index}`,
  ]
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
